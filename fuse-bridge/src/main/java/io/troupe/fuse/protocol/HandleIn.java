package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * RELEASE, FLUSH and FSYNC begin with the handle; the rest of {@code fuse_release_in}, {@code
 * fuse_flush_in} and {@code fuse_fsync_in} is about locks, which the kernel keeps, and about
 * fdatasync, which costs the same as fsync here.
 */
public final class HandleIn {
  private HandleIn() {}

  public static long handle(MemorySegment s, long at) {
    return Fields.u64(s, at);
  }
}
