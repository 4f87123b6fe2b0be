package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * What every request starts with, {@code fuse_in_header}.
 *
 * <pre>
 *   0        4        8            16           24    28    32    36
 *   | length | opcode | unique u64 | nodeid u64 | uid | gid | pid | extensions |
 * </pre>
 */
public final class RequestHeader {
  public static final int BYTES = 40;

  private RequestHeader() {}

  /** Of the whole request, header included. */
  public static int length(MemorySegment s, long at) {
    return Fields.u32(s, at);
  }

  public static int opcode(MemorySegment s, long at) {
    return Fields.u32(s, at + 4);
  }

  public static long unique(MemorySegment s, long at) {
    return Fields.u64(s, at + 8);
  }

  public static long nodeId(MemorySegment s, long at) {
    return Fields.u64(s, at + 16);
  }

  public static int uid(MemorySegment s, long at) {
    return Fields.u32(s, at + 24);
  }

  public static int gid(MemorySegment s, long at) {
    return Fields.u32(s, at + 28);
  }

  /** Writes one, as the kernel does: for transports that are not the kernel. */
  public static void write(
      MemorySegment s,
      long at,
      int length,
      int opcode,
      long unique,
      long nodeId,
      int uid,
      int gid) {
    Fields.u32(s, at, length);
    Fields.u32(s, at + 4, opcode);
    Fields.u64(s, at + 8, unique);
    Fields.u64(s, at + 16, nodeId);
    Fields.u32(s, at + 24, uid);
    Fields.u32(s, at + 28, gid);
    Fields.u64(s, at + 32, 0);
  }
}
