package io.troupe.mrc.namespace;

import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.volume.OperationId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Typed access to the records of one partition, for reading. */
public class Tree {
  final PartitionId partition;
  final Keys keys;
  private final Records records;

  Tree(PartitionId partition, Records records) {
    this.partition = partition;
    this.keys = new Keys(partition.volume());
    this.records = records;
  }

  Optional<Head> head() {
    return records.get(Table.HEAD, keys.head(partition)).map(Head::decode);
  }

  Optional<InodeRecord> inode(long inode) {
    return records.get(Table.INODE, keys.inode(inode)).map(v -> InodeCodec.decode(inode, v));
  }

  Optional<Dentry> dentry(long directory, Name name) {
    long first = Dentry.firstCookie(name);
    for (int ordinal = 0; ordinal <= Dentry.MAX_ORDINAL; ordinal++) {
      long cookie = first + ordinal;
      Optional<Dentry> d =
          records
              .get(Table.DENTRY, keys.dentry(directory, cookie))
              .map(v -> Dentry.decode(cookie, v));
      if (d.isEmpty() || d.get().name().equals(name)) {
        return d;
      }
    }
    return Optional.empty();
  }

  /** How many entries have the hash of that cookie. */
  int crowd(long directory, long firstCookie) {
    int n = 0;
    while (n <= Dentry.MAX_ORDINAL
        && records.get(Table.DENTRY, keys.dentry(directory, firstCookie + n)).isPresent()) {
      n++;
    }
    return n;
  }

  List<Dentry> list(long directory, long afterCookie, int max) {
    List<Dentry> found = new ArrayList<>();
    records.scan(
        Table.DENTRY,
        keys.dentry(directory, afterCookie + 1),
        Keys.successor(keys.inode(directory)),
        (key, value) -> {
          found.add(Dentry.decode(Keys.cookieIn(key), value));
          return found.size() < max;
        });
    return found;
  }

  boolean isEmpty(long directory) {
    return list(directory, 0, 1).isEmpty();
  }

  Optional<byte[]> xattr(long inode, Name name) {
    return records.get(Table.XATTR, keys.xattr(inode, name));
  }

  List<Name> xattrs(long inode) {
    List<Name> found = new ArrayList<>();
    byte[] prefix = keys.inode(inode);
    records.scan(
        Table.XATTR, prefix, Keys.successor(prefix), (key, value) -> found.add(Keys.nameIn(key)));
    return found;
  }

  /** How many extended attributes an inode has, and the bytes of their names and values. */
  record XattrUsage(int names, long bytes) {}

  XattrUsage xattrUsage(long inode) {
    byte[] prefix = keys.inode(inode);
    int[] names = {0};
    long[] bytes = {0};
    records.scan(
        Table.XATTR,
        prefix,
        Keys.successor(prefix),
        (key, value) -> {
          names[0]++;
          bytes[0] += key.length - prefix.length + value.length;
          return true;
        });
    return new XattrUsage(names[0], bytes[0]);
  }

  boolean isOrphan(long inode) {
    return records.get(Table.ORPHAN, keys.inode(inode)).isPresent();
  }

  boolean isHanded(long inode) {
    return records.get(Table.HANDED, keys.inode(inode)).isPresent();
  }

  Optional<Outcome> outcome(OperationId id) {
    return records
        .get(Table.OUTCOME, keys.outcome(partition, id.client(), id.place()))
        .map(Outcome::decode);
  }

  /** A file whose objects are to be deleted. */
  public record Garbage(long inode, XLocSet xlocs) {}

  List<Garbage> garbage(long afterInode, int max) {
    List<Garbage> found = new ArrayList<>();
    records.scan(
        Table.GARBAGE,
        afterInode == 0 ? keys.firstOf(partition) : Keys.after(keys.inode(afterInode)),
        keys.endOf(partition),
        (key, value) -> {
          found.add(
              new Garbage(Keys.inodeIn(key), XLocCodec.decode(java.nio.ByteBuffer.wrap(value))));
          return found.size() < max;
        });
    return found;
  }

  List<Long> orphans(long afterInode, int max) {
    List<Long> found = new ArrayList<>();
    records.scan(
        Table.ORPHAN,
        afterInode == 0 ? keys.firstOf(partition) : Keys.after(keys.inode(afterInode)),
        keys.endOf(partition),
        (key, value) -> {
          found.add(Keys.inodeIn(key));
          return found.size() < max;
        });
    return found;
  }
}
