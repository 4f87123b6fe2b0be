package io.troupe.mrc.namespace;

import io.troupe.actors.fs.FileType;

/** Bits of a mode with a meaning to the namespace, {@code include/uapi/linux/stat.h}. */
final class ModeBits {
  static final int SET_GID = 02000;
  private static final int SET_UID = 04000;
  private static final int GROUP_EXECUTE = 010;

  private ModeBits() {}

  /** Without set-user-id, and without set-group-id where the group may execute; files alone. */
  static int withoutPrivileges(int mode) {
    if ((mode & FileType.MASK) == FileType.DIRECTORY.bits()) {
      return mode;
    }
    int without = mode & ~SET_UID;
    return (mode & GROUP_EXECUTE) != 0 ? without & ~SET_GID : without;
  }
}
