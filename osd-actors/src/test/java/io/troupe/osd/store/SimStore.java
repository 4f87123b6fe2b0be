package io.troupe.osd.store;

import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.lsm.StoreException;
import java.io.IOException;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/**
 * An object store in memory that carries out everything at once, but for index commits while they
 * are held.
 */
public final class SimStore {
  public static final OsdId OSD = new OsdId(new UUID(1, 1));
  static final int SEGMENT_BYTES = 1 << 20;

  /** Some dozens of small objects. */
  private static final int CACHE_BYTES = 16 << 10;

  private final ObjectStore.Sizes sizes;
  private SimBlockDisk disk = new SimBlockDisk(1);
  private SimIndex index = new SimIndex();
  private ObjectStore store;

  /** One that puts all blocks into segments. */
  public SimStore() throws IOException {
    this(0);
  }

  /**
   * Makes one.
   *
   * @param inlineBlocks that may wait for their sync
   */
  public SimStore(int inlineBlocks) throws IOException {
    sizes = new ObjectStore.Sizes(SEGMENT_BYTES, 0, CACHE_BYTES, 0, inlineBlocks);
    store = open();
  }

  private ObjectStore open() throws IOException {
    index.hold(false);
    return new ObjectStore(OSD, index, disk, sizes, Runnable::run, Runnable::run);
  }

  /** The power fails: what was not synced is gone, and commits that are held may be. */
  public void losePower() throws IOException {
    index = index.afterPowerLoss(new Random(1));
    disk = disk.afterPowerLoss();
    store = open();
  }

  public FileObjects open(FileId file) throws StoreFailure {
    return store.open(file);
  }

  public void hold(boolean commits) {
    index.hold(commits);
  }

  public int heldCommits() {
    return index.waiting();
  }

  public void failHeld(StoreException.Kind kind) {
    index.fail(kind);
  }

  public void refuse(Optional<StoreException.Kind> kind) {
    index.refuse(kind);
  }

  /** The next write or force fails. */
  public void failNext() {
    disk.inject(SimBlockDisk.Fault.IO_ERROR, 0);
  }

  /** Blocks that the disk holds, of those that the index knows. */
  public boolean leaksNothing() {
    return disk.allocatedBlocks() == index.liveBlocks() && index.hasNoStrayInlineBlocks();
  }

  long allocatedBlocks() {
    return disk.allocatedBlocks();
  }

  SimIndex index() {
    return index;
  }

  /** Blocks in memory that wait for the index. */
  long inlineBlocksHeld() {
    return store.inlining().held();
  }

  int segments() {
    return disk.segments();
  }
}
