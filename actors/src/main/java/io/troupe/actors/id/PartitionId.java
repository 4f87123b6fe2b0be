package io.troupe.actors.id;

/**
 * A part of a volume's directory tree that commits together.
 *
 * @param number 0..65535; 0 holds the root directory
 */
public record PartitionId(VolumeId volume, int number) {
  /** Inode numbers carry their partition in these high bits. */
  public static final int INODE_BITS = 48;

  public PartitionId {
    if (number < 0 || number > 0xffff) {
      throw new IllegalArgumentException("partition number out of 0..65535: " + number);
    }
  }

  /** The partition that an inode lives in. */
  public static PartitionId ofInode(VolumeId volume, long inode) {
    return new PartitionId(volume, (int) (inode >>> INODE_BITS));
  }

  public static PartitionId of(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("not a partition id (VOLUME/NUMBER): " + text);
    }
    return new PartitionId(
        VolumeId.of(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
  }

  @Override
  public String toString() {
    return volume + "/" + number;
  }
}
