package io.troupe.mrc.namespace;

import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.FileType;
import io.troupe.actors.volume.AttributeChange;

/** What chmod, chown and utimens change. */
record AttributeUpdates(TreeChange tree, FileTime now) {
  Result<Attributes> setAttributes(long inode, AttributeChange change) {
    Result<InodeRecord> found = Namespace.existing(tree, inode);
    if (!(found instanceof Result.Ok<InodeRecord>(InodeRecord r))) {
      return Namespace.failure(found);
    }
    Attributes a = r.attributes();
    int mode = change.clearPrivileges() ? ModeBits.withoutPrivileges(a.mode()) : a.mode();
    if (change.mode().isPresent()) {
      mode = (mode & FileType.MASK) | (change.mode().getAsInt() & FileType.PERMISSION_MASK);
    }
    Attributes next =
        a.withMode(mode)
            .withOwner(change.uid().orElse(a.uid()), change.gid().orElse(a.gid()))
            .withTimes(
                change.atime().orElse(a.atime()),
                change.mtime().orElse(a.mtime()),
                change.ctime().orElse(now));
    tree.put(r.with(next));
    return Result.ok(next);
  }
}
