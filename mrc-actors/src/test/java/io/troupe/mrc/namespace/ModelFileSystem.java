package io.troupe.mrc.namespace;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.FileType;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.volume.AttributeChange;
import io.troupe.actors.volume.CreatedFile;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.PendingCut;
import io.troupe.actors.volume.RenameMode;
import io.troupe.actors.volume.XattrMode;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * POSIX as plainly as it can be said: maps of nodes. Link counts are not kept but counted, parents
 * are not kept but searched for, so that nothing here can go wrong in the way the records can.
 */
final class ModelFileSystem {
  /** A node; directories alone use {@code entries}. */
  static final class Node {
    int mode;
    int uid;
    int gid;
    int rdev;
    long size;
    int epoch;
    FileTime atime = FileTime.EPOCH;
    FileTime mtime = FileTime.EPOCH;
    FileTime ctime = FileTime.EPOCH;
    Optional<Long> cut = Optional.empty();
    Optional<XLocSet> xlocs = Optional.empty();
    Optional<byte[]> target = Optional.empty();
    final Map<Name, Long> entries = new TreeMap<>();
    final Map<Name, byte[]> xattrs = new TreeMap<>();

    Node copy() {
      Node n = new Node();
      n.mode = mode;
      n.uid = uid;
      n.gid = gid;
      n.rdev = rdev;
      n.size = size;
      n.epoch = epoch;
      n.atime = atime;
      n.mtime = mtime;
      n.ctime = ctime;
      n.cut = cut;
      n.xlocs = xlocs;
      n.target = target;
      n.entries.putAll(entries);
      n.xattrs.putAll(xattrs);
      return n;
    }

    boolean isDirectory() {
      return type() == FileType.DIRECTORY;
    }

    boolean isRegular() {
      return type() == FileType.REGULAR;
    }

    FileType type() {
      return FileType.ofMode(mode);
    }

    void entriesChanged(FileTime now) {
      mtime = now;
      ctime = now;
    }
  }

  final TreeMap<Long, Node> nodes = new TreeMap<>();
  final TreeMap<Long, XLocSet> garbage = new TreeMap<>();
  long nextInode = 2;
  FileTime now = FileTime.EPOCH;
  LongFunction<Result<XLocSet>> placement = i -> Result.failed(Errno.EIO);

  static ModelFileSystem withRoot(int mode, int uid, int gid, FileTime now) {
    ModelFileSystem fs = new ModelFileSystem();
    fs.now = now;
    Node root = new Node();
    root.mode = FileType.DIRECTORY.bits() | mode;
    root.uid = uid;
    root.gid = gid;
    root.atime = now;
    root.mtime = now;
    root.ctime = now;
    fs.nodes.put(1L, root);
    return fs;
  }

  ModelFileSystem copy() {
    ModelFileSystem fs = new ModelFileSystem();
    nodes.forEach((inode, n) -> fs.nodes.put(inode, n.copy()));
    fs.garbage.putAll(garbage);
    fs.nextInode = nextInode;
    return fs;
  }

  // ---- what can be seen

  int links(long inode) {
    Node n = node(inode);
    if (n.isDirectory()) {
      return 2 + (int) n.entries.values().stream().filter(i -> node(i).isDirectory()).count();
    }
    int links = 0;
    for (Node d : nodes.values()) {
      links += (int) d.entries.values().stream().filter(i -> i == inode).count();
    }
    return links;
  }

  long parentOf(long directory) {
    for (Map.Entry<Long, Node> d : nodes.entrySet()) {
      if (d.getValue().entries.containsValue(directory)) {
        return d.getKey();
      }
    }
    return 1;
  }

  Attributes attributes(long inode) {
    Node n = node(inode);
    return new Attributes(
        inode,
        n.mode,
        links(inode),
        n.uid,
        n.gid,
        n.rdev,
        n.size,
        n.epoch,
        n.atime,
        n.mtime,
        n.ctime);
  }

  FileDescription describe(long inode) {
    Node n = node(inode);
    return new FileDescription(
        attributes(inode), n.xlocs, n.cut.map(size -> new PendingCut(n.epoch, size)));
  }

  SortedSet<Long> orphans() {
    TreeSet<Long> found = new TreeSet<>();
    nodes.forEach(
        (inode, n) -> {
          if (n.isRegular() && links(inode) == 0) {
            found.add(inode);
          }
        });
    return found;
  }

  long usedBytes() {
    return nodes.values().stream().filter(Node::isRegular).mapToLong(n -> n.size).sum();
  }

  Node node(long inode) {
    Node n = nodes.get(inode);
    if (n == null) {
      throw new AssertionError("the model has no inode " + inode);
    }
    return n;
  }

  private static <T> Result<T> error(Errno e) {
    return Result.failed(e);
  }

  private static Result<Done> done() {
    return Result.ok(Done.DONE);
  }

  private Optional<Errno> noDirectory(long inode) {
    Node n = nodes.get(inode);
    return n == null
        ? Optional.of(Errno.ENOENT)
        : n.isDirectory() ? Optional.empty() : Optional.of(Errno.ENOTDIR);
  }

  private Optional<Errno> noRoomFor(long parent, Name name) {
    Optional<Errno> e = noDirectory(parent);
    if (e.isPresent()) {
      return e;
    }
    if (name.length() > Name.MAX_BYTES) {
      return Optional.of(Errno.ENAMETOOLONG);
    }
    return !name.isValidEntry() || node(parent).entries.containsKey(name)
        ? Optional.of(Errno.EEXIST)
        : Optional.empty();
  }

  // ---- making

  Result<CreatedFile> createFile(
      long parent, Name name, int mode, Caller caller, boolean exclusive) {
    Node d = nodes.get(parent);
    if (d != null && d.isDirectory() && isDots(name) && !exclusive) {
      return error(Errno.EISDIR);
    }
    Long there = d == null ? null : d.entries.get(name);
    if (there != null && !exclusive) {
      return node(there).isDirectory()
          ? error(Errno.EISDIR)
          : Result.ok(new CreatedFile(describe(there), false));
    }
    return make(parent, name, FileType.REGULAR.bits() | mode, 0, caller, Optional.empty())
        .map(a -> new CreatedFile(describe(a.inode()), true));
  }

  Result<Attributes> make(
      long parent, Name name, int mode, int rdev, Caller caller, Optional<byte[]> target) {
    Optional<Errno> e = noRoomFor(parent, name);
    if (e.isPresent()) {
      return error(e.get());
    }
    Node n = new Node();
    n.mode = mode;
    if (n.isRegular()) {
      Result<XLocSet> placed = placement.apply(nextInode);
      if (!(placed instanceof Result.Ok<XLocSet>(XLocSet x))) {
        return error(((Result.Failed<XLocSet>) placed).errno());
      }
      n.xlocs = Optional.of(x);
    }
    Node d = node(parent);
    boolean inherits = (d.mode & 02000) != 0;
    n.uid = caller.uid();
    n.gid = inherits ? d.gid : caller.gid();
    if (inherits && n.isDirectory()) {
      n.mode |= 02000;
    }
    n.rdev = rdev;
    n.target = target;
    n.size = target.map(t -> t.length).orElse(0);
    n.atime = now;
    n.mtime = now;
    n.ctime = now;
    long inode = nextInode++;
    nodes.put(inode, n);
    d.entries.put(name, inode);
    d.entriesChanged(now);
    return Result.ok(attributes(inode));
  }

  Result<Attributes> link(long inode, long parent, Name name) {
    Node n = nodes.get(inode);
    if (n == null) {
      return error(Errno.ENOENT);
    }
    if (n.isDirectory()) {
      return error(Errno.EPERM);
    }
    if (links(inode) == 0) {
      return error(Errno.ENOENT);
    }
    Optional<Errno> e = noRoomFor(parent, name);
    if (e.isPresent()) {
      return error(e.get());
    }
    node(parent).entries.put(name, inode);
    node(parent).entriesChanged(now);
    n.ctime = now;
    return Result.ok(attributes(inode));
  }

  // ---- removing

  private static boolean isDots(Name name) {
    return name.equals(Name.of(".")) || name.equals(Name.of(".."));
  }

  private Result<Long> find(long parent, Name name, Errno ofDots) {
    Optional<Errno> e = noDirectory(parent);
    if (e.isPresent()) {
      return error(e.get());
    }
    if (name.length() > Name.MAX_BYTES) {
      return error(Errno.ENAMETOOLONG);
    }
    if (isDots(name)) {
      return error(ofDots);
    }
    Long inode = node(parent).entries.get(name);
    return inode == null ? error(Errno.ENOENT) : Result.ok(inode);
  }

  Result<Done> unlink(long parent, Name name) {
    Result<Long> found = find(parent, name, Errno.EISDIR);
    if (!(found instanceof Result.Ok<Long>(Long inode))) {
      return ((Result.Failed<Long>) found).as();
    }
    if (node(inode).isDirectory()) {
      return error(Errno.EISDIR);
    }
    node(parent).entries.remove(name);
    node(parent).entriesChanged(now);
    lostName(inode);
    return done();
  }

  private void lostName(long inode) {
    Node n = node(inode);
    n.ctime = now;
    if (n.isDirectory() || (links(inode) == 0 && !n.isRegular())) {
      nodes.remove(inode);
    }
  }

  Result<Done> removeDirectory(long parent, Name name) {
    Result<Long> found =
        find(parent, name, name.equals(Name.of(".")) ? Errno.EINVAL : Errno.ENOTEMPTY);
    if (!(found instanceof Result.Ok<Long>(Long inode))) {
      return ((Result.Failed<Long>) found).as();
    }
    if (!node(inode).isDirectory()) {
      return error(Errno.ENOTDIR);
    }
    if (!node(inode).entries.isEmpty()) {
      return error(Errno.ENOTEMPTY);
    }
    node(parent).entries.remove(name);
    node(parent).entriesChanged(now);
    nodes.remove(inode);
    return done();
  }

  Result<Done> releaseOrphan(long inode) {
    if (orphans().contains(inode)) {
      node(inode).xlocs.ifPresent(x -> garbage.put(inode, x));
      nodes.remove(inode);
    }
    return done();
  }

  // ---- renaming

  Result<Done> rename(long parent, Name name, long newParent, Name newName, RenameMode mode) {
    Result<Long> found = find(parent, name, Errno.EINVAL);
    if (!(found instanceof Result.Ok<Long>(Long inode))) {
      return ((Result.Failed<Long>) found).as();
    }
    Optional<Errno> e = noDirectory(newParent);
    if (e.isPresent()) {
      return error(e.get());
    }
    if (!newName.isValidEntry()) {
      return error(newName.length() > Name.MAX_BYTES ? Errno.ENAMETOOLONG : Errno.EINVAL);
    }
    Long there = node(newParent).entries.get(newName);
    if (mode == RenameMode.NO_REPLACE && there != null) {
      return error(Errno.EEXIST);
    }
    if (mode == RenameMode.EXCHANGE && there == null) {
      return error(Errno.ENOENT);
    }
    if (isWithin(newParent, inode)) {
      return error(Errno.EINVAL);
    }
    if (mode == RenameMode.EXCHANGE && there != null && isWithin(parent, there)) {
      return error(Errno.EINVAL);
    }
    if (there != null && there.equals(inode)) {
      return done();
    }
    Optional<Errno> refused =
        there == null || mode == RenameMode.EXCHANGE
            ? Optional.empty()
            : refused(node(inode), node(there));
    if (refused.isPresent()) {
      return error(refused.get());
    }
    node(newParent).entries.put(newName, inode);
    if (mode == RenameMode.EXCHANGE && there != null) {
      node(parent).entries.put(name, there);
      node(there).ctime = now;
    } else {
      node(parent).entries.remove(name);
    }
    if (mode == RenameMode.REPLACE && there != null) {
      lostName(there);
    }
    node(inode).ctime = now;
    node(parent).entriesChanged(now);
    node(newParent).entriesChanged(now);
    return done();
  }

  private static Optional<Errno> refused(Node moved, Node old) {
    if (moved.isDirectory() && !old.isDirectory()) {
      return Optional.of(Errno.ENOTDIR);
    }
    if (!moved.isDirectory() && old.isDirectory()) {
      return Optional.of(Errno.EISDIR);
    }
    return old.entries.isEmpty() ? Optional.empty() : Optional.of(Errno.ENOTEMPTY);
  }

  private boolean isWithin(long directory, long ancestor) {
    for (long at = directory; ; at = parentOf(at)) {
      if (at == ancestor) {
        return true;
      }
      if (at == 1) {
        return false;
      }
    }
  }

  // ---- attributes

  Result<Attributes> setAttributes(long inode, AttributeChange c) {
    Node n = nodes.get(inode);
    if (n == null) {
      return error(Errno.ENOENT);
    }
    if (c.clearPrivileges()) {
      clearPrivileges(n);
    }
    c.mode().ifPresent(m -> n.mode = (n.mode & FileType.MASK) | m);
    c.uid().ifPresent(u -> n.uid = u);
    c.gid().ifPresent(g -> n.gid = g);
    n.atime = c.atime().orElse(n.atime);
    n.mtime = c.mtime().orElse(n.mtime);
    n.ctime = c.ctime().orElse(now);
    return Result.ok(attributes(inode));
  }

  private static void clearPrivileges(Node n) {
    if (!n.isDirectory()) {
      n.mode &= (n.mode & 010) != 0 ? ~06000 : ~04000;
    }
  }

  private Optional<Errno> noFile(@Nullable Node n, long size) {
    if (n == null) {
      return Optional.of(Errno.ENOENT);
    }
    if (!n.isRegular()) {
      return Optional.of(n.isDirectory() ? Errno.EISDIR : Errno.EINVAL);
    }
    return size < 0
        ? Optional.of(Errno.EINVAL)
        : size > 1L << 53 ? Optional.of(Errno.EFBIG) : Optional.empty();
  }

  Result<Attributes> reportSize(long inode, int epoch, long size, FileTime mtime, boolean clear) {
    Optional<Errno> e = noFile(nodes.get(inode), size);
    if (e.isPresent()) {
      return error(e.get());
    }
    Node n = node(inode);
    if (epoch == n.epoch) {
      n.size = Math.max(n.size, size);
      n.mtime = mtime;
      n.ctime = mtime.compareTo(n.ctime) > 0 ? mtime : n.ctime;
    }
    if (clear) {
      clearPrivileges(n);
    }
    return Result.ok(attributes(inode));
  }

  Result<FileDescription> beginTruncate(long inode, long size) {
    Optional<Errno> e = noFile(nodes.get(inode), size);
    if (e.isPresent()) {
      return error(e.get());
    }
    Node n = node(inode);
    if (n.cut.isPresent()) {
      return error(Errno.EBUSY);
    }
    n.epoch++;
    n.size = size;
    n.cut = Optional.of(size);
    n.entriesChanged(now);
    return Result.ok(describe(inode));
  }

  Result<Attributes> endTruncate(long inode, int epoch) {
    Node n = nodes.get(inode);
    if (n == null) {
      return error(Errno.ENOENT);
    }
    if (n.epoch == epoch) {
      n.cut = Optional.empty();
    }
    return Result.ok(attributes(inode));
  }

  // ---- extended attributes

  Result<Done> setXattr(long inode, Name name, byte[] value, XattrMode mode) {
    Node n = nodes.get(inode);
    if (n == null) {
      return error(Errno.ENOENT);
    }
    if (name.length() > Name.MAX_BYTES) {
      return error(Errno.ERANGE);
    }
    if (mode == XattrMode.CREATE && n.xattrs.containsKey(name)) {
      return error(Errno.EEXIST);
    }
    if (mode == XattrMode.REPLACE && !n.xattrs.containsKey(name)) {
      return error(Errno.ENODATA);
    }
    n.xattrs.put(name, value);
    n.ctime = now;
    return done();
  }

  Result<Done> removeXattr(long inode, Name name) {
    Node n = nodes.get(inode);
    if (n == null) {
      return error(Errno.ENOENT);
    }
    if (name.length() > Name.MAX_BYTES) {
      return error(Errno.ERANGE);
    }
    if (n.xattrs.remove(name) == null) {
      return error(Errno.ENODATA);
    }
    n.ctime = now;
    return done();
  }
}
