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
    tree.put(new Head(policy, FileId.ROOT_INODE + 1, 1, 0, false));
    return Namespace.done();
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
