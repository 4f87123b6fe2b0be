package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * The answer to STATFS, {@code fuse_kstatfs}.
 *
 * <pre>
 *   0        8             16           24      32           40      44        48              52   80
 *   | blocks | blocks free | blocks av. | files | files free | bsize | namelen | fragment size | 0 |
 * </pre>
 */
public final class StatFsOut {
  public static final int BYTES = 80;
  public static final int BLOCK_BYTES = 4096;

  private static final int NAME_MAX = 255;

  private StatFsOut() {}

  public static void write(
      MemorySegment s, long at, long totalBytes, long freeBytes, long files, long filesFree) {
    s.asSlice(at, BYTES).fill((byte) 0);
    Fields.u64(s, at, totalBytes / BLOCK_BYTES);
    Fields.u64(s, at + 8, freeBytes / BLOCK_BYTES);
    Fields.u64(s, at + 16, freeBytes / BLOCK_BYTES);
    Fields.u64(s, at + 24, files);
    Fields.u64(s, at + 32, filesFree);
    Fields.u32(s, at + 40, BLOCK_BYTES);
    Fields.u32(s, at + 44, NAME_MAX);
    Fields.u32(s, at + 48, BLOCK_BYTES);
  }
}
