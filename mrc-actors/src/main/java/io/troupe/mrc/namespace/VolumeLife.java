package io.troupe.mrc.namespace;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.FileType;
import io.troupe.actors.id.FileId;
import io.troupe.actors.volume.VolumePolicy;
import java.util.Optional;
import java.util.OptionalLong;

/** A volume comes and goes. */
record VolumeLife(TreeChange tree, FileTime now) {
  /**
   * More than files can be made within the longest interval between two syncs; enough of the 2^48
   * are left for 67 million starts.
   */
  static final long PASSED_SERIALS = 1L << 22;

  Result<Done> initialize(VolumePolicy policy) {
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
    tree.put(new Head(policy, FileId.ROOT_INODE + 1, 1, 0, false, false));
    return Namespace.done();
  }

  /**
   * Goes on behind the numbers of files that a loss of power may have taken: OSDs may have objects
   * of them, and clients may have them open.
   *
   * @param mayLose whether changes from now on may be lost
   * @return whether anything changes
   */
  boolean passSerials(boolean mayLose) {
    Optional<Head> head = tree.head();
    if (head.isEmpty() || !(mayLose || head.get().mayLose())) {
      return false;
    }
    tree.put(head.get().serialsPassed(head.get().mayLose() ? PASSED_SERIALS : 0, mayLose));
    return true;
  }

  /**
   * Removes a part of everything.
   *
   * @return whether records are left; garbage is not counted
   */
  boolean destroyStep(int maxRecords) {
    Optional<Head> head = tree.head();
    if (head.isEmpty()) {
      return false;
    }
    if (!head.get().removing()) {
      tree.put(head.get().inRemoval());
    }
    return tree.clear(maxRecords) > 0;
  }

  void removeHead() {
    tree.removeHead();
  }

  void removeGarbage(long inode) {
    tree.removeGarbage(inode);
  }
}
