package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * What SETATTR changes, {@code fuse_setattr_in}.
 *
 * <pre>
 *   0       4     8    16     24     32      40      48      56      60      64      68     72    76    80    84    88
 *   | valid | pad | fh | size | lock | atime | mtime | ctime | a. ns | m. ns | c. ns | mode | pad | uid | gid | pad |
 * </pre>
 */
public final class SetAttrIn {
  public static final int BYTES = 88;

  public static final int MODE = 1;
  public static final int UID = 1 << 1;
  public static final int GID = 1 << 2;
  public static final int SIZE = 1 << 3;
  public static final int ATIME = 1 << 4;
  public static final int MTIME = 1 << 5;
  public static final int ATIME_NOW = 1 << 7;
  public static final int MTIME_NOW = 1 << 8;
  public static final int CTIME = 1 << 10;

  /** Set-user-id and set-group-id go away with this change. */
  public static final int KILL_SUIDGID = 1 << 11;

  private SetAttrIn() {}

  /** Which of the fields count: the constants of this class. */
  public static int valid(MemorySegment s, long at) {
    return Fields.u32(s, at);
  }

  public static long size(MemorySegment s, long at) {
    return Fields.u64(s, at + 16);
  }

  public static long atimeSeconds(MemorySegment s, long at) {
    return Fields.u64(s, at + 32);
  }

  public static long mtimeSeconds(MemorySegment s, long at) {
    return Fields.u64(s, at + 40);
  }

  public static long ctimeSeconds(MemorySegment s, long at) {
    return Fields.u64(s, at + 48);
  }

  public static int atimeNanos(MemorySegment s, long at) {
    return Fields.u32(s, at + 56);
  }

  public static int mtimeNanos(MemorySegment s, long at) {
    return Fields.u32(s, at + 60);
  }

  public static int ctimeNanos(MemorySegment s, long at) {
    return Fields.u32(s, at + 64);
  }

  public static int mode(MemorySegment s, long at) {
    return Fields.u32(s, at + 68);
  }

  public static int uid(MemorySegment s, long at) {
    return Fields.u32(s, at + 76);
  }

  public static int gid(MemorySegment s, long at) {
    return Fields.u32(s, at + 80);
  }
}
