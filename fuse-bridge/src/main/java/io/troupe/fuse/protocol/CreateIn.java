package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * CREATE, {@code fuse_create_in}; the name follows.
 *
 * <pre>
 *   0       4      8       12           16
 *   | flags | mode | umask | open flags | name … NUL |
 * </pre>
 *
 * The flags read like those of {@link OpenIn}; the mode has the umask taken off already.
 */
public final class CreateIn {
  public static final int BYTES = 16;

  private CreateIn() {}

  public static int flags(MemorySegment s, long at) {
    return Fields.u32(s, at);
  }

  public static int mode(MemorySegment s, long at) {
    return Fields.u32(s, at + 4);
  }

  public static boolean killsPrivileges(MemorySegment s, long at) {
    return (Fields.u32(s, at + 12) & OpenIn.KILL_SUIDGID) != 0;
  }
}
