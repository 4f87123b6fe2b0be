package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * WRITE, {@code fuse_write_in}; the bytes follow.
 *
 * <pre>
 *   0        8        16     20            24           32      36        40
 *   | handle | offset | size | write flags | lock owner | flags | padding | bytes …
 * </pre>
 *
 * The answer, {@code fuse_write_out}, is the number of bytes and four bytes of padding.
 */
public final class WriteIn {
  public static final int BYTES = 40;
  public static final int REPLY_BYTES = 8;

  private static final int KILL_SUIDGID = 1 << 2;

  private WriteIn() {}

  public static long handle(MemorySegment s, long at) {
    return Fields.u64(s, at);
  }

  public static long offset(MemorySegment s, long at) {
    return Fields.u64(s, at + 8);
  }

  public static int size(MemorySegment s, long at) {
    return Fields.u32(s, at + 16);
  }

  public static boolean killsPrivileges(MemorySegment s, long at) {
    return (Fields.u32(s, at + 20) & KILL_SUIDGID) != 0;
  }

  public static void writeReply(MemorySegment s, long at, int written) {
    Fields.u32(s, at, written);
    Fields.u32(s, at + 4, 0);
  }
}
