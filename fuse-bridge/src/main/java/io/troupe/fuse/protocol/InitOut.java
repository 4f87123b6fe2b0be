package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * What the server wants, {@code fuse_init_out}.
 *
 * <pre>
 *   0       4       8               12      16               18           20          24
 *   | major | minor | max readahead | flags | max background | congestion | max write | granularity |
 *   28          30              32       36        64
 *   | max pages | map alignment | flags2 | unused |
 * </pre>
 *
 * @param maxBackground asynchronous requests that the kernel has under way at once
 * @param congestion number of those from which on it holds new ones back
 * @param maxWriteBytes payload of a WRITE
 * @param maxPages of one request
 */
public record InitOut(
    int major,
    int minor,
    int maxReadAheadBytes,
    long flags,
    int maxBackground,
    int congestion,
    int maxWriteBytes,
    int maxPages) {
  public static final int BYTES = 64;

  // Time stamps carry nanoseconds.
  private static final int GRANULARITY_NANOS = 1;

  public void write(MemorySegment s, long at) {
    s.asSlice(at, BYTES).fill((byte) 0);
    Fields.u32(s, at, major);
    Fields.u32(s, at + 4, minor);
    Fields.u32(s, at + 8, maxReadAheadBytes);
    Fields.u32(s, at + 12, (int) flags);
    Fields.u16(s, at + 16, maxBackground);
    Fields.u16(s, at + 18, congestion);
    Fields.u32(s, at + 20, maxWriteBytes);
    Fields.u32(s, at + 24, GRANULARITY_NANOS);
    Fields.u16(s, at + 28, maxPages);
    Fields.u32(s, at + 32, (int) (flags >>> 32));
  }

  public static InitOut read(MemorySegment s, long at) {
    return new InitOut(
        Fields.u32(s, at),
        Fields.u32(s, at + 4),
        Fields.u32(s, at + 8),
        Integer.toUnsignedLong(Fields.u32(s, at + 12)) | ((long) Fields.u32(s, at + 32) << 32),
        Fields.u16(s, at + 16),
        Fields.u16(s, at + 18),
        Fields.u32(s, at + 20),
        Fields.u16(s, at + 28));
  }
}
