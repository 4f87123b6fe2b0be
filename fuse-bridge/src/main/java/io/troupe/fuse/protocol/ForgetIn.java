package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * BATCH_FORGET, {@code fuse_batch_forget_in}. (FORGET names its inode in the header.)
 *
 * <pre>
 *   0       4       8            16             24
 *   | count | dummy | nodeid u64 | lookups u64 | nodeid u64 | …
 * </pre>
 */
public final class ForgetIn {
  private static final int BYTES = 8;
  private static final int ENTRY_BYTES = 16;

  private ForgetIn() {}

  public static int count(MemorySegment s, long at) {
    return Fields.u32(s, at);
  }

  public static long nodeId(MemorySegment s, long at, int index) {
    return Fields.u64(s, at + BYTES + (long) ENTRY_BYTES * index);
  }
}
