package io.troupe.lsm.group;

import io.troupe.lsm.replicated.MemberId;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends snapshots to members that lack entries which are dropped. The receiver asks for each chunk;
 * a few are kept until it says that it has them. Who does not ask for long gets no more, and the
 * log says again what it lacks.
 */
final class SnapshotSender {

  /** How many chunks the receiver may be behind what was sent. */
  static final int WINDOW = 4;

  private static final int MAX_TRANSFERS = 2; // each pins a snapshot

  /** After so many times of a retry without a word the receiver is given up. */
  private static final int PATIENCE = 30;

  /** After so many a transfer is begun again, if the receiver still needs one. */
  private static final int SILENCE = 10;

  private static final class Outgoing {
    final long transfer;
    final SnapshotSource source;
    final long holds;
    final TreeMap<Long, GroupMessage.Chunk> kept = new TreeMap<>();
    SnapshotSource.@Nullable Opened opened;
    long made;
    long acknowledged;
    boolean reading;
    boolean exhausted;
    long heardAt;

    Outgoing(long transfer, SnapshotSource source, long holds, long now) {
      this.transfer = transfer;
      this.source = source;
      this.holds = holds;
      this.heardAt = now;
    }
  }

  private final GroupStore store;
  private final Home home;
  private final LogStore log;
  private final StateRanges ranges;
  private final GroupSettings settings;
  private final Outlet outlet;
  private final LongSupplier transferIds;
  private final Map<MemberId, Outgoing> transfers = new HashMap<>();

  SnapshotSender(
      GroupStore store,
      Home home,
      LogStore log,
      StateRanges ranges,
      GroupSettings settings,
      Outlet outlet,
      LongSupplier transferIds) {
    this.store = store;
    this.home = home;
    this.log = log;
    this.ranges = ranges;
    this.settings = settings;
    this.outlet = outlet;
    this.transferIds = transferIds;
  }

  /** A member needs a snapshot. */
  void ship(MemberId to, long applied, long now) {
    Outgoing known = transfers.get(to);
    if (known != null && now - known.heardAt > SILENCE * settings.log().retryNanos()) {
      onClose(to, known.transfer); // it may have been started again, and know nothing
    } else if (known != null) {
      if (known.acknowledged == 0) {
        offer(to, known);
      }
      return;
    }
    if (transfers.size() >= MAX_TRANSFERS) {
      return; // the log asks again
    }
    var source = new SnapshotSource(store.snapshot(), log, ranges, settings.messageBytes());
    var outgoing = new Outgoing(transferIds.getAsLong(), source, applied, now);
    transfers.put(to, outgoing);
    home.read(source::open, opened -> opened(to, outgoing, opened));
  }

  /** What follows an index is needed by who gets a snapshot, when he has it. */
  long holds() {
    long holds = Long.MAX_VALUE;
    for (Outgoing outgoing : transfers.values()) {
      holds = Math.min(holds, outgoing.holds);
    }
    return holds;
  }

  void onPull(MemberId from, GroupMessage.Pull pull, long now) {
    Outgoing outgoing = transfers.get(from);
    if (outgoing == null || outgoing.transfer != pull.transfer()) {
      outlet.send(from, new GroupMessage.Close(pull.transfer()));
      return;
    }
    if (pull.next() < outgoing.acknowledged || pull.next() > outgoing.made) {
      return; // late, or never sent
    }
    outgoing.heardAt = now;
    outgoing.acknowledged = pull.next();
    outgoing.kept.headMap(pull.next(), false).clear();
    if (pull.again()) {
      outgoing.kept.values().forEach(chunk -> outlet.send(from, chunk));
    }
    make(from, outgoing);
  }

  void onClose(MemberId from, long transfer) {
    Outgoing outgoing = transfers.get(from);
    if (outgoing != null && outgoing.transfer == transfer) {
      transfers.remove(from);
      home.close(outgoing.source);
    }
  }

  void onTick(long now) {
    Iterator<Outgoing> all = transfers.values().iterator();
    while (all.hasNext()) {
      Outgoing outgoing = all.next();
      if (now - outgoing.heardAt > PATIENCE * settings.log().retryNanos()) {
        all.remove();
        home.close(outgoing.source);
      }
    }
  }

  /** Gives all snapshots back. */
  void close() {
    transfers.values().forEach(outgoing -> home.close(outgoing.source));
    transfers.clear();
  }

  private void opened(MemberId to, Outgoing outgoing, Optional<SnapshotSource.Opened> opened) {
    if (transfers.get(to) != outgoing) {
      return;
    }
    if (opened.isEmpty()) {
      onClose(to, outgoing.transfer);
      return;
    }
    outgoing.opened = opened.get();
    offer(to, outgoing);
  }

  private void offer(MemberId to, Outgoing outgoing) {
    SnapshotSource.Opened opened = outgoing.opened;
    if (opened != null) {
      outlet.send(
          to,
          new GroupMessage.Offer(
              outgoing.transfer, opened.at().position(), opened.at().membership(), opened.bytes()));
    }
  }

  private void make(MemberId to, Outgoing outgoing) {
    if (outgoing.opened == null
        || outgoing.reading
        || outgoing.exhausted
        || outgoing.made >= outgoing.acknowledged + WINDOW) {
      return;
    }
    outgoing.reading = true;
    home.read(
        outgoing.source::next,
        part -> {
          outgoing.reading = false;
          if (transfers.get(to) == outgoing && part.isPresent()) {
            var chunk =
                new GroupMessage.Chunk(
                    outgoing.transfer, outgoing.made, part.get().bytes(), part.get().last());
            outgoing.kept.put(outgoing.made++, chunk);
            outgoing.exhausted = chunk.last();
            outlet.send(to, chunk);
            make(to, outgoing);
          }
        });
  }
}
