package io.troupe.mrc.namespace;

import io.troupe.actors.fs.Name;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;

/**
 * Keys of all tables, big endian.
 *
 * <pre>
 *   INODE, ORPHAN, HANDED, GARBAGE   | volume uuid (16) | inode (8) |
 *   DENTRY                           | volume uuid (16) | directory inode (8) | cookie (8) |
 *   XATTR                            | volume uuid (16) | inode (8) | name (1..255) |
 *   OUTCOME                          | volume uuid (16) | partition (2) | client (16) | place (2) |
 *   HEAD                             | volume uuid (16) | partition (2) |
 * </pre>
 *
 * An inode number begins with its partition, so that a partition's records lie together.
 */
final class Keys {
  private static final int VOLUME_BYTES = 16;

  private final VolumeId volume;

  Keys(VolumeId volume) {
    this.volume = volume;
  }

  private ByteBuffer start(int more) {
    return ByteBuffer.allocate(VOLUME_BYTES + more)
        .putLong(volume.uuid().getMostSignificantBits())
        .putLong(volume.uuid().getLeastSignificantBits());
  }

  byte[] inode(long inode) {
    return start(8).putLong(inode).array();
  }

  byte[] dentry(long directory, long cookie) {
    return start(16).putLong(directory).putLong(cookie).array();
  }

  byte[] xattr(long inode, Name name) {
    return start(8 + name.length()).putLong(inode).put(name.bytes()).array();
  }

  byte[] head(PartitionId partition) {
    return start(2).putShort((short) partition.number()).array();
  }

  byte[] outcome(PartitionId partition, UUID client, int place) {
    return start(20)
        .putShort((short) partition.number())
        .putLong(client.getMostSignificantBits())
        .putLong(client.getLeastSignificantBits())
        .putShort((short) place)
        .array();
  }

  /** First key of the partition's inodes, and of everything else that begins with an inode. */
  byte[] firstOf(PartitionId partition) {
    return inode((long) partition.number() << PartitionId.INODE_BITS);
  }

  /** The first key behind the partition's. */
  byte[] endOf(PartitionId partition) {
    return partition.number() == 0xffff
        ? successor(start(0).array())
        : inode((long) (partition.number() + 1) << PartitionId.INODE_BITS);
  }

  static long inodeIn(byte[] key) {
    return ByteBuffer.wrap(key).getLong(VOLUME_BYTES);
  }

  static long cookieIn(byte[] dentryKey) {
    return ByteBuffer.wrap(dentryKey).getLong(VOLUME_BYTES + 8);
  }

  static Name nameIn(byte[] xattrKey) {
    return Name.of(Arrays.copyOfRange(xattrKey, VOLUME_BYTES + 8, xattrKey.length));
  }

  /** The smallest key that is greater. */
  static byte[] after(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  /** The smallest key that is greater than all with this prefix; a uuid is never all ones. */
  static byte[] successor(byte[] prefix) {
    byte[] next = prefix.clone();
    for (int i = next.length - 1; i >= 0; i--) {
      if (++next[i] != 0) {
        return Arrays.copyOf(next, i + 1);
      }
    }
    throw new IllegalArgumentException("nothing follows a prefix of ones");
  }
}
