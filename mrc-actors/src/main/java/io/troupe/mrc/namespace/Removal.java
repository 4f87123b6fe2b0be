package io.troupe.mrc.namespace;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;

/**
 * Names go, and inodes with their last one; a regular file that may be open waits as an orphan
 * until nobody has it open.
 */
final class Removal {
  private final TreeChange tree;
  private final FileTime now;
  private final LongPredicate mayBeOpen;
  private final List<Long> unlinked = new ArrayList<>();
  private final List<Tree.Garbage> discarded = new ArrayList<>();

  /**
   * Makes one.
   *
   * @param mayBeOpen whether somebody may have a file open, beside those whose entity knows
   */
  Removal(TreeChange tree, FileTime now, LongPredicate mayBeOpen) {
    this.tree = tree;
    this.now = now;
    this.mayBeOpen = mayBeOpen;
  }

  /** Regular files that lost their last name so far and may be open. */
  List<Long> unlinked() {
    return List.copyOf(unlinked);
  }

  /** Files whose objects are to be deleted since. */
  List<Tree.Garbage> discarded() {
    return List.copyOf(discarded);
  }

  Result<Done> unlink(long parent, Name name) {
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

  Result<Done> removeDirectory(long parent, Name name) {
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
  record Found(InodeRecord directory, Dentry entry, InodeRecord inode) {}

  /**
   * Looks up what is to be removed or moved.
   *
   * @param ofDots why "." and "..", which are no records, cannot be
   */
  Result<Found> find(long parent, Name name, Errno ofDots) {
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
  void dropLink(InodeRecord r) {
    InodeRecord less = r.linked(-1, now);
    long inode = r.attributes().inode();
    if (less.attributes().nlink() > 0) {
      tree.put(less);
    } else if (r.attributes().isRegular()) {
      if (r.pendingCut().isPresent() || mayBeOpen.test(inode) || tree.isHanded(inode)) {
        tree.put(less); // the File entity will know when it may go
        tree.markOrphan(inode);
        unlinked.add(inode);
      } else {
        discard(less);
      }
    } else {
      removeInode(less);
    }
  }

  void removeInode(InodeRecord r) {
    tree.removeInode(r.attributes().inode());
    long bytes = r.attributes().isRegular() ? r.attributes().sizeBytes() : 0;
    tree.put(tree.head().orElseThrow().counted(-1, -bytes));
  }

  Result<Done> releaseOrphan(long inode) {
    Optional<InodeRecord> r = tree.inode(inode);
    if (r.isPresent() && tree.isOrphan(inode)) {
      tree.unmarkOrphan(inode);
      if (tree.isHanded(inode)) {
        tree.unmarkHanded(inode);
      }
      discard(r.get());
    }
    return Namespace.done();
  }

  /** A regular file that nobody can reach any more. */
  private void discard(InodeRecord r) {
    long inode = r.attributes().inode();
    r.xlocs()
        .ifPresent(
            x -> {
              tree.addGarbage(inode, x);
              discarded.add(new Tree.Garbage(inode, x));
            });
    removeInode(r);
  }

  /** Its File entity may count opens from now on. */
  void markHanded(long inode) {
    if (tree.inode(inode).isPresent() && !tree.isHanded(inode)) {
      tree.markHanded(inode);
    }
  }
}
