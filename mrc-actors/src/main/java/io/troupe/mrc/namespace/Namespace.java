package io.troupe.mrc.namespace;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.DirectoryEntry;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.VolumeUsage;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.volume.DirectoryPage;
import io.troupe.actors.volume.FileDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What can be asked of a partition without changing it. */
public final class Namespace {
  private static final int MAX_PAGE = 4096;

  private final Tree tree;

  public Namespace(PartitionId partition, Records records) {
    this.tree = new Tree(partition, records);
  }

  public Result<Attributes> lookup(long parent, Name name) {
    Result<InodeRecord> directory = directory(tree, parent);
    if (!(directory instanceof Result.Ok<InodeRecord>(InodeRecord d))) {
      return failure(directory);
    }
    byte[] b = name.bytes();
    if (b.length == 1 && b[0] == '.') {
      return Result.ok(d.attributes());
    }
    if (b.length == 2 && b[0] == '.' && b[1] == '.') {
      return attributes(d.parent());
    }
    if (name.length() > Name.MAX_BYTES) {
      return Result.failed(Errno.ENAMETOOLONG);
    }
    Optional<Dentry> entry = tree.dentry(parent, name);
    return entry.isEmpty() ? Result.failed(Errno.ENOENT) : attributes(entry.get().inode());
  }

  public Result<Attributes> attributes(long inode) {
    return existing(tree, inode).map(InodeRecord::attributes);
  }

  public Result<FileDescription> describe(long inode) {
    return existing(tree, inode).map(InodeRecord::describe);
  }

  public Result<DirectoryPage> readDirectory(long inode, long afterCookie, int maxEntries) {
    Result<InodeRecord> directory = directory(tree, inode);
    if (!(directory instanceof Result.Ok<InodeRecord>(InodeRecord d))) {
      return failure(directory);
    }
    int limit = Math.max(1, Math.min(maxEntries, MAX_PAGE));
    List<Dentry> found = tree.list(inode, Math.max(0, afterCookie), limit);
    List<DirectoryEntry> entries = new ArrayList<>(found.size());
    for (Dentry e : found) {
      tree.inode(e.inode())
          .ifPresent(r -> entries.add(new DirectoryEntry(e.name(), e.cookie(), r.attributes())));
    }
    return Result.ok(new DirectoryPage(entries, d.parent(), found.size() < limit));
  }

  public Result<byte[]> readLink(long inode) {
    Result<InodeRecord> r = existing(tree, inode);
    if (!(r instanceof Result.Ok<InodeRecord>(InodeRecord record))) {
      return failure(r);
    }
    return record.target().<Result<byte[]>>map(Result::ok).orElse(Result.failed(Errno.EINVAL));
  }

  public Result<byte[]> xattr(long inode, Name name) {
    Result<InodeRecord> r = existing(tree, inode);
    if (!(r instanceof Result.Ok<InodeRecord>)) {
      return failure(r);
    }
    if (!isXattrName(name)) {
      return Result.failed(Errno.ERANGE);
    }
    return tree.xattr(inode, name)
        .<Result<byte[]>>map(Result::ok)
        .orElse(Result.failed(Errno.ENODATA));
  }

  public Result<List<Name>> xattrs(long inode) {
    return existing(tree, inode).map(r -> tree.xattrs(inode));
  }

  public Result<VolumeUsage> usage() {
    return tree.head()
        .<Result<VolumeUsage>>map(h -> Result.ok(new VolumeUsage(h.inodes(), h.usedBytes())))
        .orElse(Result.failed(Errno.ENOENT, "the volume is not initialized"));
  }

  /** True once the volume was made and is not being removed. */
  public boolean isLive() {
    return tree.head().filter(h -> !h.removing()).isPresent();
  }

  /** Files whose objects are to be deleted, behind the given one; 0 from the first. */
  public List<Tree.Garbage> garbage(long afterInode, int max) {
    return tree.garbage(afterInode, max);
  }

  public boolean isOrphan(long inode) {
    return tree.isOrphan(inode);
  }

  /** Whether a file's entity may count opens. */
  public boolean isHanded(long inode) {
    return tree.isHanded(inode);
  }

  /** Whether there is a volume. */
  public boolean isInitialized() {
    return tree.head().isPresent();
  }

  /** Inodes without a name that may still be open, behind the given one; 0 from the first. */
  public List<Long> orphans(long afterInode, int max) {
    return tree.orphans(afterInode, max);
  }

  static boolean isXattrName(Name name) {
    return name.length() > 0 && name.length() <= Name.MAX_BYTES;
  }

  static Result<InodeRecord> existing(Tree tree, long inode) {
    return tree.inode(inode)
        .<Result<InodeRecord>>map(Result::ok)
        .orElse(Result.failed(Errno.ENOENT));
  }

  static Result<InodeRecord> directory(Tree tree, long inode) {
    Optional<InodeRecord> r = tree.inode(inode);
    if (r.isEmpty()) {
      return Result.failed(Errno.ENOENT);
    }
    return r.get().isDirectory() ? Result.ok(r.get()) : Result.failed(Errno.ENOTDIR);
  }

  static <T> Result<T> failure(Result<?> r) {
    return switch (r) {
      case Result.Failed<?> f -> f.as();
      case Result.Ok<?> ok -> throw new IllegalStateException("no failure: " + ok);
    };
  }

  static Result<Done> done() {
    return Result.ok(Done.DONE);
  }
}
