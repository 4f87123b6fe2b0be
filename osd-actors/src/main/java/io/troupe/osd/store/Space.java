package io.troupe.osd.store;

import io.troupe.actors.errors.Errno;
import java.io.IOException;

/**
 * Free space of the disk, looked up seldom: what is claimed in between is subtracted. Below the
 * reserve no data is taken, so that index commits, truncates and deletes find room.
 */
final class Space {
  private static final long REFRESH_NANOS = 100_000_000;
  private static final long REFRESH_BYTES = 16L << 20;

  private final BlockDisk disk;
  private final long reserveBytes;
  private long free;
  private long claimed;
  private long lookedAt;
  private boolean known;

  Space(BlockDisk disk, long maxReserveBytes) throws IOException {
    this.disk = disk;
    this.reserveBytes = Math.min(maxReserveBytes, disk.totalBytes() / 6);
  }

  synchronized void claim(long bytes) throws StoreFailure {
    long now = System.nanoTime();
    if (!known
        || now - lookedAt > REFRESH_NANOS
        || claimed > REFRESH_BYTES
        || free - claimed - bytes < reserveBytes) {
      try {
        free = disk.freeBytes();
      } catch (IOException e) {
        throw new StoreFailure(Errno.EIO, "cannot tell the free space: " + e.getMessage(), e);
      }
      claimed = 0;
      lookedAt = now;
      known = true;
    }
    if (free - claimed - bytes < reserveBytes) {
      throw new StoreFailure(Errno.ENOSPC, "the OSD's disk is full");
    }
    claimed += bytes;
  }

  synchronized void changed() {
    known = false;
  }

  long capacityBytes() throws IOException {
    return disk.totalBytes();
  }

  /** What data may still take. */
  long freeBytes() throws IOException {
    return Math.max(0, disk.freeBytes() - reserveBytes);
  }
}
