package io.troupe.fuse.memory;

import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.FileType;
import io.troupe.actors.fs.Name;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An inode. All but the content is guarded by the file system's monitor. */
final class Node {
  /** An entry of a directory. */
  record Entry(Name name, long cookie, Node node) {}

  private static final long FIRST_COOKIE = 16;

  final long inode;
  final Content content;
  final Map<Name, Entry> entries = new HashMap<>();
  final TreeMap<Long, Entry> byCookie = new TreeMap<>();
  final TreeMap<Name, byte[]> xattrs = new TreeMap<>();
  int mode;
  int uid;
  int gid;
  int rdev;
  int nlink;
  int opened;
  int truncateEpoch;
  byte[] target = {};

  /** Of directories only; the root is its own. */
  @Nullable Node parent;

  FileTime atime;
  FileTime mtime;
  FileTime ctime;

  private long nextCookie = FIRST_COOKIE;

  Node(long inode, int mode, Chunks chunks) {
    this.inode = inode;
    this.mode = mode;
    content = new Content(chunks);
    atime = FileTime.of(Instant.now());
    mtime = atime;
    ctime = atime;
    nlink = isDirectory() ? 2 : 1;
  }

  FileType type() {
    return FileType.ofMode(mode);
  }

  boolean isDirectory() {
    return type() == FileType.DIRECTORY;
  }

  boolean isRemoved() {
    return nlink == 0;
  }

  Attributes attributes() {
    long size =
        switch (type()) {
          case REGULAR -> content.size();
          case SYMLINK -> target.length;
          default -> 0;
        };
    return new Attributes(
        inode, mode, nlink, uid, gid, rdev, size, truncateEpoch, atime, mtime, ctime);
  }

  void changed() {
    ctime = FileTime.of(Instant.now());
  }

  void modified() {
    changed();
    mtime = ctime;
  }

  void put(Name name, Node child) {
    remove(name);
    Entry e = new Entry(name, nextCookie++, child);
    entries.put(name, e);
    byCookie.put(e.cookie(), e);
  }

  void remove(Name name) {
    Entry e = entries.remove(name);
    if (e != null) {
      byCookie.remove(e.cookie());
    }
  }

  @Nullable Node child(Name name) {
    Entry e = entries.get(name);
    return e == null ? null : e.node();
  }

  /** Whether it is that directory or lies below it. */
  boolean isWithin(Node directory) {
    Node n = this;
    while (n != null) {
      if (n == directory) {
        return true;
      }
      n = n.parent == n ? null : n.parent;
    }
    return false;
  }

  void clearPrivileges() {
    if (!isDirectory()) {
      mode &= ~04000;
      if ((mode & 00010) != 0) {
        mode &= ~02000;
      }
    }
  }
}
