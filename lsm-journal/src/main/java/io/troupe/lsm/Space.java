package io.troupe.lsm;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.disk.NoSpaceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Room on the disk. Below the low-water mark batches that grow are refused. A reserve, a file of
 * zeros, is given up when the background work meets a full disk all the same (others write there
 * too), so that deletes can free what they hide; it is made again when there is room. Thread-safe.
 */
final class Space {

  private static final String RESERVE = "reserve";
  private static final int FILL_BYTES = 1 << 20;

  /**
   * The low-water mark is at most this part of the disk, so that small ones keep most of their
   * room.
   */
  private static final int LOW_WATER_PART = 8;

  /** The reserve is this part of the low-water mark. */
  private static final int RESERVE_PART = 4;

  /** How old the known amount of free space may be. */
  private static final long STALE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Disk disk;
  private final LongSupplier nanoClock;
  private final long lowWaterBytes;
  private volatile long freeBytes;
  private volatile long checkedAt;
  private boolean reserved;

  Space(Disk disk, long reserveBytes, LongSupplier nanoClock) throws IOException {
    this.disk = disk;
    this.nanoClock = nanoClock;
    this.lowWaterBytes = Math.min(reserveBytes, disk.totalBytes() / LOW_WATER_PART);
    this.reserved = disk.list().contains(RESERVE);
    this.freeBytes = disk.freeBytes();
    this.checkedAt = nanoClock.getAsLong();
  }

  /**
   * Whether there is room for more.
   *
   * @param pendingBytes what is in memory and still has to be written
   */
  boolean hasRoom(long pendingBytes) {
    long now = nanoClock.getAsLong();
    if (now - checkedAt > STALE_NANOS) {
      checkedAt = now;
      try {
        freeBytes = disk.freeBytes();
      } catch (IOException e) {
        freeBytes = 0; // a disk that cannot say is no disk to grow on
      }
    }
    return freeBytes - pendingBytes >= lowWaterBytes;
  }

  long freeBytes() {
    return freeBytes;
  }

  /** Much was written or deleted: what is known of free space is old. */
  void changed() {
    checkedAt = nanoClock.getAsLong() - 2 * STALE_NANOS;
  }

  /** Makes the reserve if there is none and there is room for it. */
  synchronized void reserve() throws IOException {
    long bytes = lowWaterBytes / RESERVE_PART;
    if (reserved || bytes == 0 || disk.freeBytes() < lowWaterBytes + 2 * bytes) {
      return;
    }
    disk.delete(RESERVE);
    ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(FILL_BYTES, bytes));
    try (DiskFile file = disk.create(RESERVE)) {
      for (long at = 0; at < bytes; at += zeros.capacity()) {
        zeros.clear();
        file.write(at, zeros);
        file.force(); // piece by piece: one sync of it all would hold up the syncs of the log
      }
      reserved = true;
    } catch (NoSpaceException e) {
      disk.delete(RESERVE);
    }
    changed();
  }

  /** Gives the reserve up. False when there is none. */
  synchronized boolean release() throws IOException {
    if (!reserved) {
      return false;
    }
    disk.delete(RESERVE);
    reserved = false;
    changed();
    return true;
  }

  /** Something that fails cleanly when the disk is full. */
  interface Work<T> {
    T run() throws IOException;
  }

  /** Does it; once more when the disk was full and the reserve could be given up. */
  <T> T retried(Work<T> work) throws IOException {
    try {
      return work.run();
    } catch (NoSpaceException e) {
      if (!release()) {
        throw e;
      }
      return work.run();
    }
  }
}
