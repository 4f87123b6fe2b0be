package io.troupe.mrc.namespace;

import io.troupe.actors.id.PartitionId;

/** The indices of the LSM tree that hold the namespace. */
public enum Table {
  /** volume, inode → attributes and location. */
  INODE("mrc.inode"),
  /** volume, directory, cookie → inode, type and name. */
  DENTRY("mrc.dentry"),
  /** volume, inode, name → value. */
  XATTR("mrc.xattr"),
  /** volume, inode: without a name, perhaps still open. */
  ORPHAN("mrc.orphan"),
  /** volume, inode: its File entity may count opens of it, although it has a name. */
  HANDED("mrc.handed"),
  /** volume, inode → xloc set whose objects are to be deleted. */
  GARBAGE("mrc.garbage"),
  /** volume, partition, client, place → the outcome of the client's last change there. */
  OUTCOME("mrc.outcome"),
  /** volume, partition → policy and counters. */
  HEAD("mrc.head");

  private final String index;

  Table(String index) {
    this.index = index;
  }

  public String index() {
    return index;
  }

  /** What the keys of a partition begin with, in all tables, and those of no other. */
  public static byte[] prefixOf(PartitionId partition) {
    return new Keys(partition.volume()).head(partition);
  }
}
