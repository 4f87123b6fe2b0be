package io.troupe.mrc.namespace;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.FileType;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.volume.AttributeChange;
import io.troupe.actors.volume.CreatedFile;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.RenameMode;
import io.troupe.actors.volume.VolumePolicy;
import io.troupe.actors.volume.XattrMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;

/**
 * The operations that change a partition, each as one system call of POSIX has it. An operation
 * that fails has changed nothing; several may follow each other over the same overlay and be
 * committed together.
 */
public final class NamespaceChange {
  /** As ext4 has it. */
  static final int MAX_LINKS = 65_000;

  /** As XATTR_SIZE_MAX of {@code limits.h}. */
  static final int MAX_XATTR_BYTES = 64 << 10;

  /** So many names of full length are the longest list that listxattr(2) gives, XATTR_LIST_MAX. */
  static final int MAX_XATTRS = 256;

  /** Names and values of one inode: every set looks at all of them, and a delete removes them. */
  static final int MAX_XATTRS_BYTES = 256 << 10;

  /** PATH_MAX of {@code limits.h} less the final NUL. */
  static final int MAX_TARGET_BYTES = 4095;

  /** Keeps byte offsets well within what objects and sizes can be counted in. */
  static final long MAX_FILE_BYTES = 1L << 53;

  private static final int SET_UID = 04000;
  private static final int SET_GID = 02000;
  private static final int GROUP_EXECUTE = 010;

  private final TreeChange tree;
  private final FileTime now;
  private final LongFunction<Result<XLocSet>> placement;
  private final List<Long> unlinked = new ArrayList<>();
  private final List<Tree.Garbage> discarded = new ArrayList<>();

  /**
   * Operations at one moment.
   *
   * @param placement the OSDs of a new regular file, by its inode number
   */
  public NamespaceChange(
      PartitionId partition,
      Overlay overlay,
      FileTime now,
      LongFunction<Result<XLocSet>> placement) {
    this.tree = new TreeChange(partition, overlay);
    this.now = now;
    this.placement = placement;
  }

  /** Striping of new files. Throws where the volume is not initialized. */
  public static StripingPolicy striping(PartitionId partition, Records records) {
    return new Tree(partition, records).head().orElseThrow().policy().striping();
  }

  /** Regular files that lost their last name in these operations. */
  public List<Long> unlinked() {
    return List.copyOf(unlinked);
  }

  /** Files whose objects are to be deleted since these operations. */
  public List<Tree.Garbage> discarded() {
    return List.copyOf(discarded);
  }

  // ---- life of the volume

  public Result<Done> initialize(VolumePolicy policy) {
    Optional<Head> head = tree.head();
    if (head.isPresent()) {
      return head.get().removing()
          ? Result.failed(Errno.EBUSY, "the volume is being removed")
          : Namespace.done();
    }
    Attributes root =
        new Attributes(
            FileId.ROOT_INODE,
            FileType.DIRECTORY.bits() | (policy.rootMode() & FileType.PERMISSION_MASK),
            2,
            policy.rootUid(),
            policy.rootGid(),
            0,
            0,
            0,
            now,
            now,
            now);
    tree.put(
        new InodeRecord(
            root, FileId.ROOT_INODE, OptionalLong.empty(), Optional.empty(), Optional.empty()));
    tree.put(new Head(policy, FileId.ROOT_INODE + 1, 1, 0, false));
    return Namespace.done();
  }

  /**
   * Removes a part of everything.
   *
   * @return whether records are left; garbage is not counted
   */
  public boolean destroyStep(int maxRecords) {
    Optional<Head> head = tree.head();
    if (head.isEmpty()) {
      return false;
    }
    if (!head.get().removing()) {
      tree.put(head.get().inRemoval());
    }
    return tree.clear(maxRecords) > 0;
  }

  public void removeHead() {
    tree.removeHead();
  }

  public void removeGarbage(long inode) {
    tree.removeGarbage(inode);
  }

  // ---- making

  public Result<CreatedFile> createFile(
      long parent, Name name, int mode, Caller caller, boolean exclusive) {
    Result<InodeRecord> directory = Namespace.directory(tree, parent);
    if (!(directory instanceof Result.Ok<InodeRecord>)) {
      return Namespace.failure(directory);
    }
    Optional<Dentry> there =
        name.length() <= Name.MAX_BYTES ? tree.dentry(parent, name) : Optional.empty();
    if (name.isDots() && !exclusive) {
      return Result.failed(Errno.EISDIR);
    }
    if (there.isPresent() && !exclusive) {
      InodeRecord r = tree.inode(there.get().inode()).orElseThrow();
      if (r.isDirectory()) {
        return Result.failed(Errno.EISDIR);
      }
      return Result.ok(new CreatedFile(r.describe(), false));
    }
    return make(
            parent,
            name,
            FileType.REGULAR.bits() | (mode & FileType.PERMISSION_MASK),
            0,
            caller,
            Optional.empty())
        .map(r -> new CreatedFile(r.describe(), true));
  }

  public Result<Attributes> makeNode(long parent, Name name, int mode, int rdev, Caller caller) {
    FileType type;
    try {
      type = FileType.ofMode(mode);
    } catch (IllegalArgumentException e) {
      return Result.failed(Errno.EINVAL, "no file type in mode " + mode);
    }
    if (type == FileType.DIRECTORY || type == FileType.SYMLINK) {
      return Result.failed(Errno.EINVAL, "mknod makes no " + type);
    }
    int known = mode & (FileType.MASK | FileType.PERMISSION_MASK);
    return make(parent, name, known, rdev, caller, Optional.empty()).map(InodeRecord::attributes);
  }

  public Result<Attributes> makeDirectory(long parent, Name name, int mode, Caller caller) {
    return make(
            parent,
            name,
            FileType.DIRECTORY.bits() | (mode & FileType.PERMISSION_MASK),
            0,
            caller,
            Optional.empty())
        .map(InodeRecord::attributes);
  }

  public Result<Attributes> makeSymlink(long parent, Name name, byte[] target, Caller caller) {
    if (target.length == 0) {
      return Result.failed(Errno.ENOENT);
    }
    if (target.length > MAX_TARGET_BYTES) {
      return Result.failed(Errno.ENAMETOOLONG);
    }
    return make(parent, name, FileType.SYMLINK.bits() | 0777, 0, caller, Optional.of(target))
        .map(InodeRecord::attributes);
  }

  private Result<InodeRecord> make(
      long parent, Name name, int mode, int rdev, Caller caller, Optional<byte[]> target) {
    Result<InodeRecord> free = freeName(parent, name);
    if (!(free instanceof Result.Ok<InodeRecord>(InodeRecord directory))) {
      return free;
    }
    Head head = tree.head().orElseThrow();
    long inode = ((long) tree.partition.number() << PartitionId.INODE_BITS) | head.nextSerial();
    FileType type = FileType.ofMode(mode);
    Optional<XLocSet> xlocs = Optional.empty();
    if (type == FileType.REGULAR) {
      switch (placement.apply(inode)) {
        case Result.Failed<XLocSet> f -> {
          return f.as();
        }
        case Result.Ok<XLocSet>(XLocSet x) -> xlocs = Optional.of(x);
      }
    }
    boolean isDirectory = type == FileType.DIRECTORY;
    boolean inherits = (directory.attributes().mode() & SET_GID) != 0;
    InodeRecord made =
        new InodeRecord(
            new Attributes(
                inode,
                inherits && isDirectory ? mode | SET_GID : mode,
                isDirectory ? 2 : 1,
                caller.uid(),
                inherits ? directory.attributes().gid() : caller.gid(),
                rdev,
                target.map(t -> (long) t.length).orElse(0L),
                0,
                now,
                now,
                now),
            isDirectory ? parent : 0,
            OptionalLong.empty(),
            xlocs,
            target);
    if (!tree.enter(parent, name, inode)) {
      return Result.failed(Errno.ENOSPC, "too many names of one hash in directory " + parent);
    }
    tree.put(made);
    tree.put(directory.touched(isDirectory ? 1 : 0, now));
    tree.put(head.serialTaken().counted(1, 0));
    return Result.ok(made);
  }

  /** The directory, if the name is valid and free in it. */
  private Result<InodeRecord> freeName(long parent, Name name) {
    Result<InodeRecord> directory = Namespace.directory(tree, parent);
    if (directory instanceof Result.Ok<InodeRecord>) {
      if (name.length() > Name.MAX_BYTES) {
        return Result.failed(Errno.ENAMETOOLONG);
      }
      if (name.length() == 0) {
        return Result.failed(Errno.ENOENT);
      }
      if (name.isDots()) {
        return Result.failed(Errno.EEXIST);
      }
      if (!name.isValidEntry()) {
        return Result.failed(Errno.EINVAL);
      }
      if (tree.dentry(parent, name).isPresent()) {
        return Result.failed(Errno.EEXIST);
      }
    }
    return directory;
  }

  public Result<Attributes> link(long inode, long newParent, Name newName) {
    Result<InodeRecord> source = Namespace.existing(tree, inode);
    if (!(source instanceof Result.Ok<InodeRecord>(InodeRecord r))) {
      return Namespace.failure(source);
    }
    if (r.isDirectory()) {
      return Result.failed(Errno.EPERM);
    }
    if (r.attributes().nlink() == 0) {
      return Result.failed(Errno.ENOENT);
    }
    if (r.attributes().nlink() >= MAX_LINKS) {
      return Result.failed(Errno.EMLINK);
    }
    Result<InodeRecord> free = freeName(newParent, newName);
    if (!(free instanceof Result.Ok<InodeRecord>(InodeRecord directory))) {
      return Namespace.failure(free);
    }
    if (!tree.enter(newParent, newName, inode)) {
      return Result.failed(Errno.ENOSPC, "too many names of one hash");
    }
    InodeRecord linked = r.linked(1, now);
    tree.put(linked);
    tree.put(directory.touched(0, now));
    return Result.ok(linked.attributes());
  }

  // ---- removing

  public Result<Done> unlink(long parent, Name name) {
    Result<Found> found = find(parent, name, Errno.EISDIR);
    if (!(found instanceof Result.Ok<Found>(Found f))) {
      return Namespace.failure(found);
    }
    if (f.inode().isDirectory()) {
      return Result.failed(Errno.EISDIR);
    }
    tree.remove(parent, f.entry());
    tree.put(f.directory().touched(0, now));
    dropLink(f.inode());
    return Namespace.done();
  }

  public Result<Done> removeDirectory(long parent, Name name) {
    Errno ofDots = name.length() == 1 ? Errno.EINVAL : Errno.ENOTEMPTY;
    Result<Found> found = find(parent, name, ofDots);
    if (!(found instanceof Result.Ok<Found>(Found f))) {
      return Namespace.failure(found);
    }
    long inode = f.inode().attributes().inode();
    if (!f.inode().isDirectory()) {
      return Result.failed(Errno.ENOTDIR);
    }
    if (!tree.isEmpty(inode)) {
      return Result.failed(Errno.ENOTEMPTY);
    }
    tree.remove(parent, f.entry());
    tree.put(f.directory().touched(-1, now));
    removeInode(f.inode());
    return Namespace.done();
  }

  /** An entry with both ends. */
  private record Found(InodeRecord directory, Dentry entry, InodeRecord inode) {}

  /**
   * Looks up what is to be removed or moved.
   *
   * @param ofDots why "." and "..", which are no records, cannot be
   */
  private Result<Found> find(long parent, Name name, Errno ofDots) {
    Result<InodeRecord> directory = Namespace.directory(tree, parent);
    if (!(directory instanceof Result.Ok<InodeRecord>(InodeRecord d))) {
      return Namespace.failure(directory);
    }
    if (name.length() > Name.MAX_BYTES) {
      return Result.failed(Errno.ENAMETOOLONG);
    }
    if (name.isDots()) {
      return Result.failed(ofDots);
    }
    Optional<Dentry> entry = tree.dentry(parent, name);
    if (entry.isEmpty()) {
      return Result.failed(Errno.ENOENT);
    }
    return Namespace.existing(tree, entry.get().inode()).map(r -> new Found(d, entry.get(), r));
  }

  /** A name of something that is no directory is gone; with the last one it goes itself. */
  private void dropLink(InodeRecord r) {
    InodeRecord less = r.linked(-1, now);
    long inode = r.attributes().inode();
    if (less.attributes().nlink() > 0) {
      tree.put(less);
    } else if (r.attributes().isRegular()) {
      // It may be open; the File entity knows.
      tree.put(less);
      tree.markOrphan(inode);
      unlinked.add(inode);
    } else {
      removeInode(less);
    }
  }

  private void removeInode(InodeRecord r) {
    tree.removeInode(r.attributes().inode());
    long bytes = r.attributes().isRegular() ? r.attributes().sizeBytes() : 0;
    tree.put(tree.head().orElseThrow().counted(-1, -bytes));
  }

  public Result<Done> releaseOrphan(long inode) {
    Optional<InodeRecord> r = tree.inode(inode);
    if (r.isPresent() && tree.isOrphan(inode)) {
      tree.unmarkOrphan(inode);
      r.get()
          .xlocs()
          .ifPresent(
              x -> {
                tree.addGarbage(inode, x);
                discarded.add(new Tree.Garbage(inode, x));
              });
      removeInode(r.get());
    }
    return Namespace.done();
  }

  // ---- renaming

  public Result<Done> rename(
      long parent, Name name, long newParent, Name newName, RenameMode mode) {
    Result<Found> source = find(parent, name, Errno.EINVAL);
    if (!(source instanceof Result.Ok<Found>(Found from))) {
      return Namespace.failure(source);
    }
    Result<InodeRecord> target = Namespace.directory(tree, newParent);
    if (!(target instanceof Result.Ok<InodeRecord>)) {
      return Namespace.failure(target);
    }
    Optional<Errno> flaw = flawOfTarget(newName);
    if (flaw.isPresent()) {
      return Result.failed(flaw.get());
    }
    Optional<Dentry> there = tree.dentry(newParent, newName);
    // In the order of renameat2(2) in Linux: what the flags forbid comes before loops.
    if (mode == RenameMode.NO_REPLACE && there.isPresent()) {
      return Result.failed(Errno.EEXIST);
    }
    if (mode == RenameMode.EXCHANGE && there.isEmpty()) {
      return Result.failed(Errno.ENOENT);
    }
    if (from.inode().isDirectory() && isWithin(newParent, from.inode())) {
      return Result.failed(Errno.EINVAL);
    }
    return switch (mode) {
      case EXCHANGE -> exchange(parent, from, newParent, there.orElseThrow());
      case NO_REPLACE -> move(parent, from, newParent, newName);
      case REPLACE ->
          there.isPresent()
              ? replace(parent, from, newParent, there.get())
              : move(parent, from, newParent, newName);
    };
  }

  private static Optional<Errno> flawOfTarget(Name newName) {
    if (newName.length() > Name.MAX_BYTES) {
      return Optional.of(Errno.ENAMETOOLONG);
    }
    if (newName.length() == 0) {
      return Optional.of(Errno.ENOENT);
    }
    return newName.isValidEntry() ? Optional.empty() : Optional.of(Errno.EINVAL);
  }

  /** Whether the directory is the ancestor or lies somewhere below it. */
  private boolean isWithin(long directory, InodeRecord ancestor) {
    long at = directory;
    while (true) {
      if (at == ancestor.attributes().inode()) {
        return true;
      }
      if (at == FileId.ROOT_INODE) {
        return false;
      }
      at = tree.inode(at).orElseThrow().parent();
    }
  }

  private Result<Done> move(long parent, Found from, long newParent, Name newName) {
    if (!tree.enter(newParent, newName, from.inode().attributes().inode())) {
      return Result.failed(Errno.ENOSPC, "too many names of one hash");
    }
    leave(parent, from);
    arrive(parent, newParent, from.inode(), 0);
    return Namespace.done();
  }

  /** The old name goes. It is looked up again: entering the new one may have moved it. */
  private void leave(long parent, Found from) {
    Dentry entry = tree.dentry(parent, from.entry().name()).orElseThrow();
    tree.remove(parent, entry);
  }

  /**
   * The moved inode and both directories.
   *
   * @param replacedDirectories 1 where an empty directory made room
   */
  private void arrive(long parent, long newParent, InodeRecord moved, int replacedDirectories) {
    boolean crosses = moved.isDirectory() && parent != newParent;
    InodeRecord m = moved.linked(0, now);
    tree.put(crosses ? m.inDirectory(newParent) : m);
    if (parent == newParent) {
      tree.put(tree.inode(parent).orElseThrow().touched(-replacedDirectories, now));
    } else {
      tree.put(tree.inode(parent).orElseThrow().touched(crosses ? -1 : 0, now));
      tree.put(
          tree.inode(newParent)
              .orElseThrow()
              .touched((crosses ? 1 : 0) - replacedDirectories, now));
    }
  }

  private Result<Done> replace(long parent, Found from, long newParent, Dentry there) {
    InodeRecord moved = from.inode();
    InodeRecord old = tree.inode(there.inode()).orElseThrow();
    if (there.inode() == moved.attributes().inode()) {
      // Two names of one inode: rename(2) does nothing and succeeds.
      return Namespace.done();
    }
    if (moved.isDirectory() && !old.isDirectory()) {
      return Result.failed(Errno.ENOTDIR);
    }
    if (!moved.isDirectory() && old.isDirectory()) {
      return Result.failed(Errno.EISDIR);
    }
    if (old.isDirectory() && !tree.isEmpty(there.inode())) {
      return Result.failed(Errno.ENOTEMPTY);
    }
    tree.redirect(newParent, there, moved.attributes().inode());
    leave(parent, from);
    if (old.isDirectory()) {
      removeInode(old);
    } else {
      dropLink(old);
    }
    arrive(parent, newParent, moved, old.isDirectory() ? 1 : 0);
    return Namespace.done();
  }

  private Result<Done> exchange(long parent, Found from, long newParent, Dentry there) {
    InodeRecord a = from.inode();
    InodeRecord b = tree.inode(there.inode()).orElseThrow();
    if (b.isDirectory() && isWithin(parent, b)) {
      return Result.failed(Errno.EINVAL);
    }
    if (there.inode() == a.attributes().inode()) {
      return Namespace.done();
    }
    tree.redirect(parent, from.entry(), there.inode());
    tree.redirect(newParent, there, a.attributes().inode());
    boolean crosses = parent != newParent;
    InodeRecord a2 = a.linked(0, now);
    InodeRecord b2 = b.linked(0, now);
    tree.put(crosses && a.isDirectory() ? a2.inDirectory(newParent) : a2);
    tree.put(crosses && b.isDirectory() ? b2.inDirectory(parent) : b2);
    int change = crosses ? (b.isDirectory() ? 1 : 0) - (a.isDirectory() ? 1 : 0) : 0;
    tree.put(tree.inode(parent).orElseThrow().touched(change, now));
    if (crosses) {
      tree.put(tree.inode(newParent).orElseThrow().touched(-change, now));
    }
    return Namespace.done();
  }

  // ---- attributes

  public Result<Attributes> setAttributes(long inode, AttributeChange change) {
    Result<InodeRecord> found = Namespace.existing(tree, inode);
    if (!(found instanceof Result.Ok<InodeRecord>(InodeRecord r))) {
      return Namespace.failure(found);
    }
    Attributes a = r.attributes();
    int mode = change.clearPrivileges() ? withoutPrivileges(a.mode()) : a.mode();
    if (change.mode().isPresent()) {
      mode = (mode & FileType.MASK) | (change.mode().getAsInt() & FileType.PERMISSION_MASK);
    }
    Attributes next =
        new Attributes(
            inode,
            mode,
            a.nlink(),
            change.uid().orElse(a.uid()),
            change.gid().orElse(a.gid()),
            a.rdev(),
            a.sizeBytes(),
            a.truncateEpoch(),
            change.atime().orElse(a.atime()),
            change.mtime().orElse(a.mtime()),
            change.ctime().orElse(now));
    tree.put(r.with(next));
    return Result.ok(next);
  }

  private static int withoutPrivileges(int mode) {
    if ((mode & FileType.MASK) == FileType.DIRECTORY.bits()) {
      return mode;
    }
    int without = mode & ~SET_UID;
    return (mode & GROUP_EXECUTE) != 0 ? without & ~SET_GID : without;
  }

  public Result<Attributes> reportSize(
      long inode, int epoch, long sizeBytes, FileTime mtime, boolean clearPrivileges) {
    Result<InodeRecord> found = regular(inode, sizeBytes);
    if (!(found instanceof Result.Ok<InodeRecord>(InodeRecord r))) {
      return Namespace.failure(found);
    }
    Attributes a = r.attributes();
    int mode = clearPrivileges ? withoutPrivileges(a.mode()) : a.mode();
    if (epoch != a.truncateEpoch()) {
      // What was written then was cut, later than it was written.
      InodeRecord same = r.sized(a.sizeBytes(), a.truncateEpoch(), a.mtime(), a.ctime(), mode);
      if (mode != a.mode()) {
        tree.put(same);
      }
      return Result.ok(same.attributes());
    }
    FileTime ctime = a.ctime().compareTo(mtime) > 0 ? a.ctime() : mtime;
    long size = Math.max(a.sizeBytes(), sizeBytes);
    InodeRecord next = r.sized(size, a.truncateEpoch(), mtime, ctime, mode);
    resized(r, next);
    return Result.ok(next.attributes());
  }

  public Result<FileDescription> beginTruncate(long inode, long sizeBytes) {
    Result<InodeRecord> found = regular(inode, sizeBytes);
    if (!(found instanceof Result.Ok<InodeRecord>(InodeRecord r))) {
      return Namespace.failure(found);
    }
    if (r.pendingCut().isPresent()) {
      return Result.failed(Errno.EBUSY, "the truncate before has not reached all OSDs");
    }
    Attributes a = r.attributes();
    InodeRecord next =
        r.sized(sizeBytes, a.truncateEpoch() + 1, now, now, a.mode())
            .toCut(OptionalLong.of(sizeBytes));
    resized(r, next);
    return Result.ok(next.describe());
  }

  public Result<Attributes> endTruncate(long inode, int epoch) {
    Result<InodeRecord> found = Namespace.existing(tree, inode);
    if (!(found instanceof Result.Ok<InodeRecord>(InodeRecord r))) {
      return Namespace.failure(found);
    }
    if (r.pendingCut().isPresent() && r.attributes().truncateEpoch() == epoch) {
      tree.put(r.toCut(OptionalLong.empty()));
    }
    return Result.ok(r.attributes());
  }

  private Result<InodeRecord> regular(long inode, long sizeBytes) {
    Result<InodeRecord> found = Namespace.existing(tree, inode);
    if (found instanceof Result.Ok<InodeRecord>(InodeRecord r)) {
      if (r.isDirectory()) {
        return Result.failed(Errno.EISDIR);
      }
      if (!r.attributes().isRegular() || sizeBytes < 0) {
        return Result.failed(Errno.EINVAL);
      }
      if (sizeBytes > MAX_FILE_BYTES) {
        return Result.failed(Errno.EFBIG);
      }
    }
    return found;
  }

  private void resized(InodeRecord before, InodeRecord after) {
    tree.put(after);
    long change = after.attributes().sizeBytes() - before.attributes().sizeBytes();
    if (change != 0) {
      tree.put(tree.head().orElseThrow().counted(0, change));
    }
  }

  // ---- extended attributes

  public Result<Done> setXattr(long inode, Name name, byte[] value, XattrMode mode) {
    Result<InodeRecord> found = Namespace.existing(tree, inode);
    if (!(found instanceof Result.Ok<InodeRecord>(InodeRecord r))) {
      return Namespace.failure(found);
    }
    if (!Namespace.isXattrName(name)) {
      return Result.failed(Errno.ERANGE, "an attribute's name has 1 to 255 bytes");
    }
    if (value.length > MAX_XATTR_BYTES) {
      return Result.failed(Errno.E2BIG, "an attribute's value has at most 64 KiB");
    }
    Optional<byte[]> old = tree.xattr(inode, name);
    boolean there = old.isPresent();
    if (there && mode == XattrMode.CREATE) {
      return Result.failed(Errno.EEXIST);
    }
    if (!there && mode == XattrMode.REPLACE) {
      return Result.failed(Errno.ENODATA);
    }
    Tree.XattrUsage used = tree.xattrUsage(inode);
    int more = value.length - old.map(v -> v.length).orElse(-name.length());
    if ((!there && used.names() >= MAX_XATTRS) || used.bytes() + more > MAX_XATTRS_BYTES) {
      return Result.failed(Errno.ENOSPC, "inode " + inode + " has too many attributes");
    }
    tree.putXattr(inode, name, value);
    tree.put(r.linked(0, now));
    return Namespace.done();
  }

  public Result<Done> removeXattr(long inode, Name name) {
    Result<InodeRecord> found = Namespace.existing(tree, inode);
    if (!(found instanceof Result.Ok<InodeRecord>(InodeRecord r))) {
      return Namespace.failure(found);
    }
    if (!Namespace.isXattrName(name)) {
      return Result.failed(Errno.ERANGE);
    }
    if (tree.xattr(inode, name).isEmpty()) {
      return Result.failed(Errno.ENODATA);
    }
    tree.removeXattr(inode, name);
    tree.put(r.linked(0, now));
    return Namespace.done();
  }
}
