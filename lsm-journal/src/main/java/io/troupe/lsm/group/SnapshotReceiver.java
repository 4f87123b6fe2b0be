package io.troupe.lsm.group;

import io.troupe.lsm.Durability;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.replicated.MemberId;
import io.troupe.lsm.replicated.ReplicatedLog;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes a snapshot, one at a time: asks for chunks, puts them aside in their order, and asks for
 * more when they are written. When all are there the {@link Installation} follows.
 */
final class SnapshotReceiver {

  /** How often a sender is asked in vain until it is given up. */
  private static final int PATIENCE = 10;

  private static final class Incoming {
    final MemberId from;
    final GroupMessage.Offer offer;
    final TreeMap<Long, GroupMessage.Chunk> early = new TreeMap<>();
    long next;
    long bytes;
    long askedAt;
    int inVain;
    boolean complete;

    Incoming(MemberId from, GroupMessage.Offer offer) {
      this.from = from;
      this.offer = offer;
    }

    StateAt at() {
      return new StateAt(offer.position(), offer.membership());
    }
  }

  private final ReplicatedLog core;
  private final Staging staging;
  private final StateRanges ranges;
  private final Installation installation;
  private final CommitLane lane;
  private final Outlet outlet;
  private final long retryNanos;
  private @Nullable Incoming current;

  SnapshotReceiver(
      ReplicatedLog core,
      Staging staging,
      StateRanges ranges,
      Installation installation,
      CommitLane lane,
      Outlet outlet,
      long retryNanos) {
    this.core = core;
    this.staging = staging;
    this.ranges = ranges;
    this.installation = installation;
    this.lane = lane;
    this.outlet = outlet;
    this.retryNanos = retryNanos;
  }

  /** How far it has come; empty when no snapshot is being received. */
  Optional<TransferProgress> progress() {
    Incoming incoming = current;
    return incoming == null
        ? Optional.empty()
        : Optional.of(
            new TransferProgress(
                incoming.from, incoming.bytes, incoming.offer.bytes(), incoming.complete));
  }

  void onOffer(MemberId from, GroupMessage.Offer offer, long now) {
    Incoming known = current;
    if (known != null && known.from.equals(from) && known.offer.transfer() == offer.transfer()) {
      return; // once more
    }
    boolean forgotten = known != null && known.from.equals(from) && !known.complete;
    if ((known != null && !forgotten) || installation.isActive() || !lane.isIdle()) {
      return; // it is offered again
    }
    if (core.isServing() || !core.wantsSnapshot(offer.position())) {
      outlet.send(from, new GroupMessage.Close(offer.transfer()));
      return;
    }
    var incoming = new Incoming(from, offer);
    current = incoming;
    pull(incoming, false, now);
  }

  void onChunk(MemberId from, GroupMessage.Chunk chunk, long now) {
    Incoming incoming = current;
    if (incoming == null
        || incoming.offer.transfer() != chunk.transfer()
        || !incoming.from.equals(from)) {
      outlet.send(from, new GroupMessage.Close(chunk.transfer()));
    } else if (!incoming.complete
        && chunk.number() >= incoming.next
        && chunk.number() < incoming.next + SnapshotSender.WINDOW
        && chunk.bytes().length <= GroupSettings.MAX_MESSAGE_BYTES) {
      incoming.early.put(chunk.number(), chunk);
      incoming.inVain = 0;
      write(incoming, now);
    }
  }

  void onClose(MemberId from, long transfer) {
    Incoming incoming = current;
    if (incoming != null
        && incoming.from.equals(from)
        && incoming.offer.transfer() == transfer
        && !incoming.complete) {
      current = null;
    }
  }

  void onTick(long now) {
    Incoming incoming = current;
    if (incoming == null || now - incoming.askedAt < retryNanos) {
      return;
    }
    if (incoming.complete || !lane.isIdle()) {
      pull(incoming, false, now); // the sender is to know that it is still needed
    } else if (incoming.inVain++ >= PATIENCE || !core.wantsSnapshot(incoming.offer.position())) {
      close(incoming);
    } else {
      pull(incoming, true, now);
    }
  }

  private void write(Incoming incoming, long now) {
    if (!lane.isIdle()) {
      return;
    }
    GroupMessage.Chunk chunk = incoming.early.remove(incoming.next);
    if (chunk == null) {
      return;
    }
    try {
      ranges.put(new WriteBatch(), chunk.bytes());
    } catch (MalformedException e) {
      close(incoming); // a sender that has other ranges than this member, or none at all
      return;
    }
    var batch = new WriteBatch();
    if (chunk.number() == 0) {
      staging.clear(batch);
    }
    staging.put(batch, chunk.number(), chunk.bytes());
    lane.commit(batch, Durability.OS, () -> written(incoming, chunk, now));
  }

  private void written(Incoming incoming, GroupMessage.Chunk chunk, long now) {
    if (current != incoming) {
      return;
    }
    incoming.next++;
    incoming.bytes += chunk.bytes().length;
    incoming.early.headMap(incoming.next, false).clear();
    if (chunk.last()) {
      incoming.complete = true;
      incoming.early.clear();
      installation.begin(incoming.at(), () -> close(incoming));
    } else {
      pull(incoming, false, now);
      write(incoming, now);
    }
  }

  private void pull(Incoming incoming, boolean again, long now) {
    incoming.askedAt = now;
    outlet.send(
        incoming.from, new GroupMessage.Pull(incoming.offer.transfer(), incoming.next, again));
  }

  private void close(Incoming incoming) {
    outlet.send(incoming.from, new GroupMessage.Close(incoming.offer.transfer()));
    current = null;
  }
}
