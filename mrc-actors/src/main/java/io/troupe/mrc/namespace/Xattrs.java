package io.troupe.mrc.namespace;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.Name;
import io.troupe.actors.volume.XattrMode;
import java.util.Optional;

/** Extended attributes, within the limits of setxattr(2) and listxattr(2) and a total. */
record Xattrs(TreeChange tree, FileTime now) {
  /** As XATTR_SIZE_MAX of {@code limits.h}. */
  static final int MAX_XATTR_BYTES = 64 << 10;

  /** So many names of full length are the longest list that listxattr(2) gives, XATTR_LIST_MAX. */
  static final int MAX_XATTRS = 256;

  /** Names and values of one inode: every set looks at all of them, and a delete removes them. */
  static final int MAX_XATTRS_BYTES = 256 << 10;

  Result<Done> setXattr(long inode, Name name, byte[] value, XattrMode mode) {
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

  Result<Done> removeXattr(long inode, Name name) {
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
