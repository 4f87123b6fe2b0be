package io.troupe.actors.fs;

/** File types with their {@code S_IFMT} bits, {@code include/uapi/linux/stat.h}. */
public enum FileType {
  FIFO(0010000),
  CHARACTER_DEVICE(0020000),
  DIRECTORY(0040000),
  BLOCK_DEVICE(0060000),
  REGULAR(0100000),
  SYMLINK(0120000),
  SOCKET(0140000);

  /** The mask of the type in a mode. */
  public static final int MASK = 0170000;

  /** The mask of permissions with set-user-id, set-group-id and sticky bit. */
  public static final int PERMISSION_MASK = 07777;

  private final int bits;

  FileType(int bits) {
    this.bits = bits;
  }

  public int bits() {
    return bits;
  }

  /** The {@code d_type} of directory entries. */
  public int direntType() {
    return bits >>> 12;
  }

  /** The type in a mode. Throws {@link IllegalArgumentException} where there is none. */
  public static FileType ofMode(int mode) {
    return switch (mode & MASK) {
      case 0010000 -> FIFO;
      case 0020000 -> CHARACTER_DEVICE;
      case 0040000 -> DIRECTORY;
      case 0060000 -> BLOCK_DEVICE;
      case 0100000 -> REGULAR;
      case 0120000 -> SYMLINK;
      case 0140000 -> SOCKET;
      default ->
          throw new IllegalArgumentException(
              "no file type in mode 0" + Integer.toOctalString(mode));
    };
  }
}
