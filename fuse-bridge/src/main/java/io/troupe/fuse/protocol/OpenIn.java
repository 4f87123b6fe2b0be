package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * OPEN and OPENDIR, {@code fuse_open_in}.
 *
 * <pre>
 *   0       4            8
 *   | flags | open flags |
 * </pre>
 */
public final class OpenIn {
  /** Set-user-id and set-group-id go away with this open, which cuts the file. */
  public static final int KILL_SUIDGID = 1;

  private static final int O_ACCMODE = 3;
  private static final int O_EXCL = 0200;
  private static final int O_TRUNC = 01000;

  private OpenIn() {}

  /** As given to open(2). */
  public static int flags(MemorySegment s, long at) {
    return Fields.u32(s, at);
  }

  public static boolean killsPrivileges(MemorySegment s, long at) {
    return (Fields.u32(s, at + 4) & KILL_SUIDGID) != 0;
  }

  public static boolean isReadOnly(int flags) {
    return (flags & O_ACCMODE) == 0;
  }

  public static boolean isExclusive(int flags) {
    return (flags & O_EXCL) != 0;
  }

  public static boolean truncates(int flags) {
    return (flags & O_TRUNC) != 0;
  }
}
