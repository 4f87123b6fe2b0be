package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * The answer to OPEN and OPENDIR and the end of that to CREATE, {@code fuse_open_out}.
 *
 * <pre>
 *   0            8            12
 *   | handle u64 | open flags | padding |
 * </pre>
 */
public final class OpenOut {
  public static final int BYTES = 16;

  /** The pages that the kernel has of the file stay. */
  public static final int KEEP_CACHE = 1 << 1;

  /** No FLUSH when this handle is closed. */
  public static final int NO_FLUSH = 1 << 5;

  private OpenOut() {}

  public static void write(MemorySegment s, long at, long handle, int flags) {
    Fields.u64(s, at, handle);
    Fields.u32(s, at + 8, flags);
    Fields.u32(s, at + 12, 0);
  }

  public static long handle(MemorySegment s, long at) {
    return Fields.u64(s, at);
  }

  public static int flags(MemorySegment s, long at) {
    return Fields.u32(s, at + 8);
  }
}
