package io.troupe.mrc.volume;

import io.troupe.actors.id.Epoch;
import io.troupe.actors.volume.MetadataDurability;
import io.troupe.lsm.pekko.RecordChange;
import io.troupe.mrc.namespace.NamespaceChange;
import java.util.List;

/**
 * How far the disk may be behind what a partition has acknowledged: which batches wait for it.
 *
 * <p>The log of the node is one: what is synced makes all durable that was committed before.
 */
final class DiskLag {
  private final MetadataDurability durability;

  /** Something that was committed may not be on the disk. An earlier entity may have left it. */
  private boolean behind;

  /** Inode numbers that an earlier entity may have given away, and lost, are passed over. */
  private boolean passed;

  private boolean passing;
  private boolean syncing;

  DiskLag(MetadataDurability durability) {
    this.durability = durability;
    this.behind = durability == MetadataDurability.INTERVAL;
  }

  /**
   * A batch begins. The first one goes on behind the inode numbers that may have been lost: OSDs
   * may have objects of them.
   *
   * @return whether it has to be synced for that
   */
  boolean begin(NamespaceChange change) {
    passing = false;
    if (!passed && change.isInitialized()) {
      passing = change.passSerials(durability == MetadataDurability.INTERVAL);
      passed = !passing;
    }
    return passing;
  }

  /** Whether a batch that changes nothing is committed all the same, for what was before it. */
  boolean needsCommit(boolean sync) {
    return sync && behind;
  }

  /**
   * The event of a batch.
   *
   * @param sync somebody waits for the disk
   */
  VolumeEvent event(Epoch epoch, List<RecordChange> changes, boolean reclaims, boolean sync) {
    syncing = sync || durability == MetadataDurability.ALWAYS;
    if (syncing) {
      return new VolumeCommitted(epoch, changes, reclaims);
    }
    behind = true;
    return new VolumeLogged(epoch, changes, reclaims);
  }

  /** The batch of the last event was committed. */
  void committed() {
    passed |= passing;
    behind &= !syncing;
  }
}
