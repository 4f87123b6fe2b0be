package io.troupe.mrc.namespace;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.FileType;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.volume.CreatedFile;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;

/** New names: of new inodes, and further ones of those that are there. */
record Creation(TreeChange tree, FileTime now, LongFunction<Result<XLocSet>> placement) {
  /** As ext4 has it. */
  static final int MAX_LINKS = 65_000;

  /** PATH_MAX of {@code limits.h} less the final NUL. */
  static final int MAX_TARGET_BYTES = 4095;

  Result<CreatedFile> createFile(
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

  Result<Attributes> makeNode(long parent, Name name, int mode, int rdev, Caller caller) {
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

  Result<Attributes> makeDirectory(long parent, Name name, int mode, Caller caller) {
    return make(
            parent,
            name,
            FileType.DIRECTORY.bits() | (mode & FileType.PERMISSION_MASK),
            0,
            caller,
            Optional.empty())
        .map(InodeRecord::attributes);
  }

  Result<Attributes> makeSymlink(long parent, Name name, byte[] target, Caller caller) {
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
    boolean inherits = (directory.attributes().mode() & ModeBits.SET_GID) != 0;
    InodeRecord made =
        new InodeRecord(
            new Attributes(
                inode,
                inherits && isDirectory ? mode | ModeBits.SET_GID : mode,
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

  Result<Attributes> link(long inode, long newParent, Name newName) {
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
}
