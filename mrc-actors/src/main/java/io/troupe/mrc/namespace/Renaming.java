package io.troupe.mrc.namespace;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.Name;
import io.troupe.actors.id.FileId;
import io.troupe.actors.volume.RenameMode;
import java.util.Optional;

/** rename(2) with the flags of renameat2(2). */
record Renaming(TreeChange tree, FileTime now, Removal removal) {
  Result<Done> rename(long parent, Name name, long newParent, Name newName, RenameMode mode) {
    Result<Removal.Found> source = removal.find(parent, name, Errno.EINVAL);
    if (!(source instanceof Result.Ok<Removal.Found>(Removal.Found from))) {
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

  private Result<Done> move(long parent, Removal.Found from, long newParent, Name newName) {
    if (!tree.enter(newParent, newName, from.inode().attributes().inode())) {
      return Result.failed(Errno.ENOSPC, "too many names of one hash");
    }
    leave(parent, from);
    arrive(parent, newParent, from.inode(), 0);
    return Namespace.done();
  }

  /** The old name goes. It is looked up again: entering the new one may have moved it. */
  private void leave(long parent, Removal.Found from) {
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

  private Result<Done> replace(long parent, Removal.Found from, long newParent, Dentry there) {
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
      removal.removeInode(old);
    } else {
      removal.dropLink(old);
    }
    arrive(parent, newParent, moved, old.isDirectory() ? 1 : 0);
    return Namespace.done();
  }

  private Result<Done> exchange(long parent, Removal.Found from, long newParent, Dentry there) {
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
}
