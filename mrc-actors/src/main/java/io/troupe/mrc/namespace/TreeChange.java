package io.troupe.mrc.namespace;

import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.volume.OperationId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Typed changes of the records of one partition. */
final class TreeChange extends Tree {
  private final Overlay overlay;

  TreeChange(PartitionId partition, Overlay overlay) {
    super(partition, overlay);
    this.overlay = overlay;
  }

  /** Grows with each change. */
  long changedBytes() {
    return overlay.bytes();
  }

  void put(InodeRecord r) {
    overlay.put(Table.INODE, keys.inode(r.attributes().inode()), InodeCodec.encode(r));
  }

  void put(Head head) {
    overlay.put(Table.HEAD, keys.head(partition), head.encode());
  }

  void removeHead() {
    overlay.delete(Table.HEAD, keys.head(partition));
  }

  /** Enters a name that is not there; false if too many names have the same hash. */
  boolean enter(long directory, Name name, long inode) {
    long first = Dentry.firstCookie(name);
    int ordinal = crowd(directory, first);
    if (ordinal > Dentry.MAX_ORDINAL) {
      return false;
    }
    put(directory, new Dentry(first + ordinal, inode, name));
    return true;
  }

  /** Lets an entry that is there lead to another inode. */
  void redirect(long directory, Dentry entry, long inode) {
    put(directory, new Dentry(entry.cookie(), inode, entry.name()));
  }

  private void put(long directory, Dentry d) {
    overlay.put(Table.DENTRY, keys.dentry(directory, d.cookie()), d.encode());
  }

  /** Removes an entry; the last of its hash moves into the gap. */
  void remove(long directory, Dentry entry) {
    long first = Dentry.firstCookie(entry.name());
    long last = first + crowd(directory, first) - 1;
    if (last != entry.cookie()) {
      byte[] value = overlay.get(Table.DENTRY, keys.dentry(directory, last)).orElseThrow();
      Dentry moved = Dentry.decode(last, value);
      put(directory, new Dentry(entry.cookie(), moved.inode(), moved.name()));
    }
    overlay.delete(Table.DENTRY, keys.dentry(directory, last));
  }

  void putXattr(long inode, Name name, byte[] value) {
    overlay.put(Table.XATTR, keys.xattr(inode, name), value);
  }

  void removeXattr(long inode, Name name) {
    overlay.delete(Table.XATTR, keys.xattr(inode, name));
  }

  /** Removes the inode with its extended attributes. */
  void removeInode(long inode) {
    for (Name name : xattrs(inode)) {
      removeXattr(inode, name);
    }
    overlay.delete(Table.INODE, keys.inode(inode));
  }

  void markOrphan(long inode) {
    overlay.put(Table.ORPHAN, keys.inode(inode), new byte[] {1});
  }

  void unmarkOrphan(long inode) {
    overlay.delete(Table.ORPHAN, keys.inode(inode));
  }

  void markHanded(long inode) {
    overlay.put(Table.HANDED, keys.inode(inode), new byte[] {1});
  }

  void unmarkHanded(long inode) {
    overlay.delete(Table.HANDED, keys.inode(inode));
  }

  void put(OperationId id, Outcome outcome) {
    overlay.put(Table.OUTCOME, keys.outcome(partition, id.client(), id.place()), outcome.encode());
  }

  /**
   * Removes outcomes from before a moment, of some that are looked at.
   *
   * @param after the key looked at last; empty from the first
   * @return the key looked at last now; empty when there are no more
   */
  Optional<byte[]> forgetOutcomes(Optional<byte[]> after, long beforeSecond, int max) {
    List<byte[]> seen = new ArrayList<>();
    List<byte[]> old = new ArrayList<>();
    overlay.scan(
        Table.OUTCOME,
        after.map(Keys::after).orElse(keys.firstOf(partition)),
        keys.endOf(partition),
        (key, value) -> {
          seen.add(key);
          if (Outcome.decode(value).atSecond() < beforeSecond) {
            old.add(key);
          }
          return seen.size() < max;
        });
    old.forEach(key -> overlay.delete(Table.OUTCOME, key));
    return seen.size() < max ? Optional.empty() : Optional.of(seen.getLast());
  }

  void addGarbage(long inode, XLocSet xlocs) {
    overlay.put(Table.GARBAGE, keys.inode(inode), XLocCodec.encode(xlocs));
  }

  void removeGarbage(long inode) {
    overlay.delete(Table.GARBAGE, keys.inode(inode));
  }

  /**
   * Removes up to so many records of the partition; files' objects become garbage.
   *
   * @return how many were removed
   */
  int clear(int max) {
    int removed = 0;
    for (Table table :
        new Table[] {
          Table.DENTRY, Table.XATTR, Table.ORPHAN, Table.HANDED, Table.OUTCOME, Table.INODE
        }) {
      int limit = max - removed;
      if (limit <= 0) {
        break;
      }
      List<byte[]> found = new ArrayList<>();
      overlay.scan(
          table,
          keys.firstOf(partition),
          keys.endOf(partition),
          (key, value) -> {
            found.add(key);
            return found.size() < limit;
          });
      for (byte[] key : found) {
        if (table == Table.INODE) {
          Optional<InodeRecord> r = inode(Keys.inodeIn(key));
          r.flatMap(InodeRecord::xlocs).ifPresent(x -> addGarbage(Keys.inodeIn(key), x));
        }
        overlay.delete(table, key);
      }
      removed += found.size();
    }
    return removed;
  }
}
