package io.troupe.lsm.pekko;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.Snapshot;
import io.troupe.lsm.Store;
import io.troupe.lsm.pekko.follow.Page;
import io.troupe.lsm.pekko.follow.Pages;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Pages of an index whose keys end in ordinals, up to the largest ordinal that may be read: at the
 * time of each read for a live stream, at that of the first for a current one.
 */
final class OrdinalPages<T> implements Pages<T> {
  /** Entries looked at in one read, whether they match or not. */
  private static final int MAX_SCANNED = 10_000;

  /** What one entry of the index leads to. */
  interface Entry<T> {
    /** Empty when it does not match, or when what it names was deleted. */
    Optional<Sized<T>> read(Snapshot snapshot, byte[] key, byte[] value);
  }

  interface Range {
    KeyRange between(long from, long to);
  }

  private final Store store;
  private final CommitOrder order;
  private final Index index;
  private final Range range;
  private final Entry<T> entry;
  private final PageLimit limit;
  private final boolean live;
  private OptionalLong end = OptionalLong.empty();

  OrdinalPages(
      Store store,
      CommitOrder order,
      Index index,
      Range range,
      Entry<T> entry,
      PageLimit limit,
      boolean live) {
    this.store = store;
    this.order = order;
    this.index = index;
    this.range = range;
    this.entry = entry;
    this.limit = limit;
    this.live = live;
  }

  @Override
  public Page<T> read(long position) {
    if (live || end.isEmpty()) {
      end = OptionalLong.of(order.visible());
    }
    long last = end.getAsLong();
    List<T> found = new ArrayList<>();
    if (position >= last) {
      return new Page<>(found, position, atEnd());
    }
    long bytes = 0;
    int scanned = 0;
    try (Snapshot snapshot = store.snapshot();
        Cursor c = snapshot.cursor(index, range.between(position + 1, last))) {
      while (c.next()) {
        Optional<Sized<T>> read = entry.read(snapshot, c.key(), c.value());
        if (read.isPresent()) {
          found.add(read.get().element());
          bytes += read.get().bytes();
        }
        if (++scanned == MAX_SCANNED || limit.isReached(found.size(), bytes)) {
          return new Page<>(found, Keys.number(c.key()), Page.Then.READ_ON);
        }
      }
    }
    return new Page<>(found, last, atEnd());
  }

  private Page.Then atEnd() {
    return live ? Page.Then.WAIT : Page.Then.END;
  }
}
