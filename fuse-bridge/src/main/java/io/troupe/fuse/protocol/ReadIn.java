package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * READ, READDIR and READDIRPLUS, {@code fuse_read_in}.
 *
 * <pre>
 *   0        8        16     20           24           32      36
 *   | handle | offset | size | read flags | lock owner | flags | padding |
 * </pre>
 */
public final class ReadIn {
  public static final int BYTES = 40;

  private ReadIn() {}

  public static long handle(MemorySegment s, long at) {
    return Fields.u64(s, at);
  }

  public static long offset(MemorySegment s, long at) {
    return Fields.u64(s, at + 8);
  }

  public static int size(MemorySegment s, long at) {
    return Fields.u32(s, at + 16);
  }
}
