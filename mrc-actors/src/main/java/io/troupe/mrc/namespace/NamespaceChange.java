package io.troupe.mrc.namespace;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.volume.AttributeChange;
import io.troupe.actors.volume.CreatedFile;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.OperationId;
import io.troupe.actors.volume.RenameMode;
import io.troupe.actors.volume.VolumePolicy;
import io.troupe.actors.volume.XattrMode;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;

/**
 * The operations that change a partition, each as one system call of POSIX has it. An operation
 * that fails has changed nothing; several may follow each other over the same overlay and be
 * committed together.
 */
public final class NamespaceChange {
  private final VolumeLife life;
  private final Creation creation;
  private final Removal removal;
  private final Renaming renaming;
  private final AttributeUpdates attributes;
  private final Sizes sizes;
  private final Xattrs xattrs;
  private final TreeChange tree;
  private final FileTime now;

  /** Operations at one moment, where any file may be open. */
  public NamespaceChange(
      PartitionId partition,
      Overlay overlay,
      FileTime now,
      LongFunction<Result<XLocSet>> placement) {
    this(partition, overlay, now, placement, inode -> true);
  }

  /**
   * Operations at one moment.
   *
   * @param placement the OSDs of a new regular file, by its inode number
   * @param mayBeOpen whether somebody may have a file open, beside those that were {@linkplain
   *     #markHanded handed} to their entity
   */
  public NamespaceChange(
      PartitionId partition,
      Overlay overlay,
      FileTime now,
      LongFunction<Result<XLocSet>> placement,
      LongPredicate mayBeOpen) {
    this.tree = new TreeChange(partition, overlay);
    this.now = now;
    this.life = new VolumeLife(tree, now);
    this.creation = new Creation(tree, now, placement);
    this.removal = new Removal(tree, now, mayBeOpen);
    this.renaming = new Renaming(tree, now, removal);
    this.attributes = new AttributeUpdates(tree, now);
    this.sizes = new Sizes(tree, now);
    this.xattrs = new Xattrs(tree, now);
  }

  /** Striping of new files. Throws where the volume is not initialized. */
  public static StripingPolicy striping(PartitionId partition, Records records) {
    return new Tree(partition, records).head().orElseThrow().policy().striping();
  }

  /** Regular files that lost their last name in these operations and wait for their last close. */
  public List<Long> unlinked() {
    return removal.unlinked();
  }

  /** Files whose objects are to be deleted since these operations. */
  public List<Tree.Garbage> discarded() {
    return removal.discarded();
  }

  // ---- what clients ask for more than once

  /** Carries a change out, unless an earlier attempt did: then answers that one again. */
  public <T> Result<T> once(
      OperationId id, Replay<T> replay, Function<NamespaceChange, Result<T>> change) {
    Optional<Outcome> last = tree.outcome(id);
    if (last.isPresent() && last.get().number() == id.number()) {
      return replay.recall(tree, last.get().value());
    }
    if (last.isPresent() && last.get().number() > id.number()) {
      return Result.failed(Errno.EIO, "its client has given this attempt up");
    }
    long before = tree.changedBytes();
    Result<T> result = change.apply(this);
    if (result instanceof Result.Ok<T>(T answer) && tree.changedBytes() > before) {
      tree.put(id, new Outcome(id.number(), now.seconds(), replay.remember(answer)));
    }
    return result;
  }

  /**
   * Forgets changes from before a moment, of some that are looked at.
   *
   * @param after the record looked at last; empty from the first
   * @return the record looked at last now; empty when there are no more
   */
  public Optional<byte[]> forgetOutcomes(Optional<byte[]> after, long beforeSecond, int max) {
    return tree.forgetOutcomes(after, beforeSecond, max);
  }

  // ---- life of the volume

  public Result<Done> initialize(VolumePolicy policy) {
    return life.initialize(policy);
  }

  public boolean isInitialized() {
    return tree.head().isPresent();
  }

  /**
   * Goes on behind the inode numbers of files that a loss of power may have taken.
   *
   * @param mayLose whether changes from now on may be lost
   * @return whether anything changes
   */
  public boolean passSerials(boolean mayLose) {
    return life.passSerials(mayLose);
  }

  /**
   * Removes a part of everything.
   *
   * @return whether records are left; garbage is not counted
   */
  public boolean destroyStep(int maxRecords) {
    return life.destroyStep(maxRecords);
  }

  public void removeHead() {
    life.removeHead();
  }

  public void removeGarbage(long inode) {
    life.removeGarbage(inode);
  }

  // ---- making

  public Result<CreatedFile> createFile(
      long parent, Name name, int mode, Caller caller, boolean exclusive) {
    return creation.createFile(parent, name, mode, caller, exclusive);
  }

  public Result<Attributes> makeNode(long parent, Name name, int mode, int rdev, Caller caller) {
    return creation.makeNode(parent, name, mode, rdev, caller);
  }

  public Result<Attributes> makeDirectory(long parent, Name name, int mode, Caller caller) {
    return creation.makeDirectory(parent, name, mode, caller);
  }

  public Result<Attributes> makeSymlink(long parent, Name name, byte[] target, Caller caller) {
    return creation.makeSymlink(parent, name, target, caller);
  }

  public Result<Attributes> link(long inode, long newParent, Name newName) {
    return creation.link(inode, newParent, newName);
  }

  // ---- removing and renaming

  public Result<Done> unlink(long parent, Name name) {
    return removal.unlink(parent, name);
  }

  public Result<Done> removeDirectory(long parent, Name name) {
    return removal.removeDirectory(parent, name);
  }

  public Result<Done> releaseOrphan(long inode) {
    return removal.releaseOrphan(inode);
  }

  /** Remembers that a file's entity may count opens: at its end that has to be asked. */
  public void markHanded(long inode) {
    removal.markHanded(inode);
  }

  public Result<Done> rename(
      long parent, Name name, long newParent, Name newName, RenameMode mode) {
    return renaming.rename(parent, name, newParent, newName, mode);
  }

  // ---- attributes and sizes

  public Result<Attributes> setAttributes(long inode, AttributeChange change) {
    return attributes.setAttributes(inode, change);
  }

  public Result<Attributes> reportSize(
      long inode, int epoch, long sizeBytes, FileTime mtime, boolean clearPrivileges) {
    return sizes.reportSize(inode, epoch, sizeBytes, mtime, clearPrivileges);
  }

  public Result<FileDescription> beginTruncate(long inode, long sizeBytes) {
    return sizes.beginTruncate(inode, sizeBytes);
  }

  public Result<Attributes> endTruncate(long inode, int epoch) {
    return sizes.endTruncate(inode, epoch);
  }

  // ---- extended attributes

  public Result<Done> setXattr(long inode, Name name, byte[] value, XattrMode mode) {
    return xattrs.setXattr(inode, name, value, mode);
  }

  public Result<Done> removeXattr(long inode, Name name) {
    return xattrs.removeXattr(inode, name);
  }
}
