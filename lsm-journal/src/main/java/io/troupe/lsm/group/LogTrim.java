package io.troupe.lsm.group;

import io.troupe.lsm.Durability;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.replicated.LogInput;
import io.troupe.lsm.replicated.ReplicatedLog;
import java.util.function.Consumer;

/** Drops entries that are applied when there are too many of them. */
final class LogTrim {

  /**
   * What who gets a snapshot needs afterwards is kept up to so many times the limits; a transfer
   * that takes longer is in vain.
   */
  private static final int HELD_TIMES = 8;

  private final LogStore log;
  private final LogSizes sizes;
  private final ReplicatedLog core;
  private final SnapshotSender sender;
  private final CommitLane lane;
  private final Consumer<LogInput> inputs;

  LogTrim(
      LogStore log,
      LogSizes sizes,
      ReplicatedLog core,
      SnapshotSender sender,
      CommitLane lane,
      Consumer<LogInput> inputs) {
    this.log = log;
    this.sizes = sizes;
    this.core = core;
    this.sender = sender;
    this.lane = lane;
    this.inputs = inputs;
  }

  /** Entries up to an index are applied. */
  void applied(long index) {
    if (!lane.isIdle()) {
      return;
    }
    long upTo = sizes.exceeds(HELD_TIMES) ? index : Math.min(index, sender.holds());
    long dropped = sizes.droppable(upTo);
    if (dropped <= core.base().index()) {
      return;
    }
    var base = new StateAt(core.positionAt(dropped), core.membershipAt(dropped));
    sizes.drop(dropped);
    // The log first, so that it asks for nothing that is going away.
    inputs.accept(new LogInput.Compacted(dropped));
    var batch = new WriteBatch().reclaiming();
    log.drop(batch, base);
    lane.commit(batch, Durability.OS, () -> {});
  }
}
