package io.troupe.mrc.namespace;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.volume.FileDescription;
import java.util.OptionalLong;

/** Lengths of files: what writers report, and the two halves of a truncate. */
record Sizes(TreeChange tree, FileTime now) {
  /** Keeps byte offsets well within what objects and sizes can be counted in. */
  static final long MAX_FILE_BYTES = 1L << 53;

  Result<Attributes> reportSize(
      long inode, int epoch, long sizeBytes, FileTime mtime, boolean clearPrivileges) {
    Result<InodeRecord> found = regular(inode, sizeBytes);
    if (!(found instanceof Result.Ok<InodeRecord>(InodeRecord r))) {
      return Namespace.failure(found);
    }
    Attributes a = r.attributes();
    int mode = clearPrivileges ? ModeBits.withoutPrivileges(a.mode()) : a.mode();
    if (epoch != a.truncateEpoch()) {
      // What was written then was cut, later than it was written.
      Attributes same = a.withMode(mode);
      if (mode != a.mode()) {
        tree.put(r.with(same));
      }
      return Result.ok(same);
    }
    FileTime ctime = a.ctime().compareTo(mtime) > 0 ? a.ctime() : mtime;
    long size = Math.max(a.sizeBytes(), sizeBytes);
    Attributes next = a.withMode(mode).withSize(size, epoch).withTimes(a.atime(), mtime, ctime);
    resized(r, r.with(next));
    return Result.ok(next);
  }

  Result<FileDescription> beginTruncate(long inode, long sizeBytes) {
    Result<InodeRecord> found = regular(inode, sizeBytes);
    if (!(found instanceof Result.Ok<InodeRecord>(InodeRecord r))) {
      return Namespace.failure(found);
    }
    if (r.pendingCut().isPresent()) {
      return Result.failed(Errno.EBUSY, "the truncate before has not reached all OSDs");
    }
    Attributes a = r.attributes();
    Attributes cut = a.withSize(sizeBytes, a.truncateEpoch() + 1).withTimes(a.atime(), now, now);
    InodeRecord next = r.with(cut).toCut(OptionalLong.of(sizeBytes));
    resized(r, next);
    return Result.ok(next.describe());
  }

  Result<Attributes> endTruncate(long inode, int epoch) {
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
}
