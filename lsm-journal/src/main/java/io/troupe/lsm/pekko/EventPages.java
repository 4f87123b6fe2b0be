package io.troupe.lsm.pekko;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Snapshot;
import io.troupe.lsm.Store;
import io.troupe.lsm.pekko.follow.Page;
import io.troupe.lsm.pekko.follow.Pages;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Pages of the events of one persistence id; positions are sequence numbers. */
final class EventPages implements Pages<StoredEvent> {
  private final Store store;
  private final EventIndices indices;
  private final EventFormat format;
  private final String id;
  private final long to;
  private final PageLimit limit;
  private final boolean live;
  private OptionalLong end = OptionalLong.empty();

  EventPages(
      Store store,
      EventIndices indices,
      EventFormat format,
      String id,
      long to,
      PageLimit limit,
      boolean live) {
    this.store = store;
    this.indices = indices;
    this.format = format;
    this.id = id;
    this.to = to;
    this.limit = limit;
    this.live = live;
  }

  @Override
  public Page<StoredEvent> read(long position) {
    List<StoredEvent> found = new ArrayList<>();
    try (Snapshot snapshot = store.snapshot()) {
      if (live || end.isEmpty()) {
        long highest = snapshot.get(indices.highest(), Keys.plain(id)).map(Keys::number).orElse(0L);
        end = OptionalLong.of(Math.min(to, highest));
      }
      long last = end.getAsLong();
      if (position < last) {
        long bytes = 0;
        try (Cursor c = snapshot.cursor(indices.events(), Keys.range(id, position + 1, last))) {
          while (c.next()) {
            found.add(format.decode(c.key(), c.value()));
            bytes += c.value().length;
            if (limit.isReached(found.size(), bytes)) {
              return new Page<>(found, Keys.number(c.key()), Page.Then.READ_ON);
            }
          }
        }
      }
      boolean more = live && last < to;
      return new Page<>(found, Math.max(position, last), more ? Page.Then.WAIT : Page.Then.END);
    }
  }
}
