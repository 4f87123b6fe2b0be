package io.troupe.actors.id;

/**
 * A file (or directory, symlink, device): its volume and inode number. Never reused.
 *
 * @param inode partition in the upper 16 bits, serial number in the lower 48; the root directory is
 *     1
 */
public record FileId(VolumeId volume, long inode) {
  /** The inode number of a volume's root directory; FUSE asks for the same. */
  public static final long ROOT_INODE = 1;

  public PartitionId partition() {
    return PartitionId.ofInode(volume, inode);
  }

  public static FileId of(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("not a file id (VOLUME:INODE): " + text);
    }
    return new FileId(
        VolumeId.of(text.substring(0, colon)), Long.parseUnsignedLong(text.substring(colon + 1)));
  }

  @Override
  public String toString() {
    return volume + ":" + Long.toUnsignedString(inode);
  }
}
