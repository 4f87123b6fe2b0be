package io.troupe.fuse.memory;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.FsException;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.DirectoryEntry;
import io.troupe.actors.fs.FileType;
import io.troupe.actors.fs.Name;
import io.troupe.actors.volume.AttributeChange;
import io.troupe.actors.volume.DirectoryPage;
import io.troupe.actors.volume.RenameMode;
import io.troupe.actors.volume.XattrMode;
import io.troupe.gateway.fs.InodeFileSystem;
import io.troupe.gateway.fs.OpenedFile;
import io.troupe.gateway.fs.VolumeStatistics;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A POSIX file system in memory. One monitor guards the tree; contents have their own. Without an
 * executor every stage is complete when the call returns, with one it completes there. Access times
 * change only when they are set. An inode lives as long as it has a name or is open.
 */
public final class MemoryFileSystem implements InodeFileSystem {
  private static final long ROOT = 1;
  private static final long MAX_FILE_BYTES = 1L << 44;
  private static final long CAPACITY_BYTES = 1L << 36;

  private final @Nullable Executor executor;
  private final Chunks chunks = new Chunks();
  private final Map<Long, Node> nodes = new ConcurrentHashMap<>();
  private final Map<Long, Node> handles = new ConcurrentHashMap<>();
  private final AtomicLong nextInode = new AtomicLong(ROOT + 1);
  private final AtomicLong nextHandle = new AtomicLong(1);

  private MemoryFileSystem(@Nullable Executor executor) {
    this.executor = executor;
    Node root = new Node(ROOT, FileType.DIRECTORY.bits() | 0777, chunks);
    root.parent = root;
    nodes.put(ROOT, root);
  }

  public static MemoryFileSystem inline() {
    return new MemoryFileSystem(null);
  }

  public static MemoryFileSystem on(Executor executor) {
    return new MemoryFileSystem(executor);
  }

  /** For tests that nothing is left behind. */
  public int openHandles() {
    return handles.size();
  }

  /** For tests that nothing is left behind. */
  public int inodes() {
    return nodes.size();
  }

  // ---- calls

  private <T> CompletionStage<Result<T>> call(Supplier<T> body) {
    return executor == null
        ? CompletableFuture.completedFuture(result(body))
        : CompletableFuture.supplyAsync(() -> result(body), executor);
  }

  private static <T> Result<T> result(Supplier<T> body) {
    try {
      return Result.ok(body.get());
    } catch (FsException e) {
      return Result.failed(e.errno());
    }
  }

  private <T> CompletionStage<Result<T>> locked(Supplier<T> body) {
    return call(
        () -> {
          synchronized (this) {
            return body.get();
          }
        });
  }

  private static FsException error(Errno errno) {
    return new FsException(errno, "");
  }

  private Node node(long inode) {
    Node n = nodes.get(inode);
    if (n == null) {
      throw error(Errno.ESTALE);
    }
    return n;
  }

  private Node directory(long inode) {
    Node n = node(inode);
    if (!n.isDirectory()) {
      throw error(Errno.ENOTDIR);
    }
    return n;
  }

  private Node handle(long handle) {
    Node n = handles.get(handle);
    if (n == null) {
      throw error(Errno.EBADF);
    }
    return n;
  }

  private static Node present(@Nullable Node node) {
    if (node == null) {
      throw error(Errno.ENOENT);
    }
    return node;
  }

  // ---- reads

  @Override
  public CompletionStage<Result<Attributes>> lookup(long parent, Name name) {
    return locked(
        () -> {
          Node d = directory(parent);
          return switch (name.toString()) {
            case "." -> d.attributes();
            case ".." -> present(d.parent).attributes();
            default -> present(d.child(name)).attributes();
          };
        });
  }

  @Override
  public CompletionStage<Result<Attributes>> getAttributes(long inode) {
    return locked(() -> node(inode).attributes());
  }

  @Override
  public CompletionStage<Result<DirectoryPage>> readDirectory(
      long inode, long afterCookie, int maxEntries) {
    return locked(
        () -> {
          Node d = directory(inode);
          List<DirectoryEntry> page = new ArrayList<>();
          for (Node.Entry e : d.byCookie.tailMap(afterCookie, false).values()) {
            if (page.size() == maxEntries) {
              return new DirectoryPage(page, present(d.parent).inode, false);
            }
            page.add(new DirectoryEntry(e.name(), e.cookie(), e.node().attributes()));
          }
          return new DirectoryPage(page, present(d.parent).inode, true);
        });
  }

  @Override
  public CompletionStage<Result<byte[]>> readLink(long inode) {
    return locked(
        () -> {
          Node n = node(inode);
          if (n.type() != FileType.SYMLINK) {
            throw error(Errno.EINVAL);
          }
          return n.target;
        });
  }

  @Override
  public CompletionStage<Result<byte[]>> getXattr(long inode, Name name) {
    return locked(
        () -> {
          byte[] value = node(inode).xattrs.get(name);
          if (value == null) {
            throw error(Errno.ENODATA);
          }
          return value;
        });
  }

  @Override
  public CompletionStage<Result<List<Name>>> listXattrs(long inode) {
    return locked(() -> List.copyOf(node(inode).xattrs.keySet()));
  }

  @Override
  public CompletionStage<Result<VolumeStatistics>> statistics() {
    return call(() -> new VolumeStatistics(CAPACITY_BYTES, CAPACITY_BYTES / 2, nodes.size()));
  }

  @Override
  public CompletionStage<Result<String>> describe(long inode) {
    return locked(() -> "in memory: " + node(inode).attributes());
  }

  // ---- xattrs

  @Override
  public CompletionStage<Result<Done>> setXattr(
      long inode, Name name, byte[] value, XattrMode mode) {
    return locked(
        () -> {
          Node n = node(inode);
          boolean there = n.xattrs.containsKey(name);
          if (mode == XattrMode.CREATE && there) {
            throw error(Errno.EEXIST);
          }
          if (mode == XattrMode.REPLACE && !there) {
            throw error(Errno.ENODATA);
          }
          n.xattrs.put(name, value);
          n.changed();
          return Done.DONE;
        });
  }

  @Override
  public CompletionStage<Result<Done>> removeXattr(long inode, Name name) {
    return locked(
        () -> {
          Node n = node(inode);
          if (n.xattrs.remove(name) == null) {
            throw error(Errno.ENODATA);
          }
          n.changed();
          return Done.DONE;
        });
  }

  // ---- names

  @Override
  public CompletionStage<Result<OpenedFile>> create(
      long parent, Name name, int mode, Caller caller, boolean exclusive, boolean truncate) {
    return locked(
        () -> {
          Node there = directory(parent).child(name);
          if (there == null) {
            return opened(add(parent, name, FileType.REGULAR.bits() | mode, caller));
          }
          if (exclusive) {
            throw error(Errno.EEXIST);
          }
          return openExisting(there, truncate);
        });
  }

  @Override
  public CompletionStage<Result<Attributes>> makeNode(
      long parent, Name name, int mode, int rdev, Caller caller) {
    return locked(
        () -> {
          Node n = add(parent, name, mode, caller);
          n.rdev = rdev;
          return n.attributes();
        });
  }

  @Override
  public CompletionStage<Result<Attributes>> makeDirectory(
      long parent, Name name, int mode, Caller caller) {
    return locked(() -> add(parent, name, FileType.DIRECTORY.bits() | mode, caller).attributes());
  }

  @Override
  public CompletionStage<Result<Attributes>> makeSymlink(
      long parent, Name name, byte[] target, Caller caller) {
    return locked(
        () -> {
          Node n = add(parent, name, FileType.SYMLINK.bits() | 0777, caller);
          n.target = target;
          return n.attributes();
        });
  }

  private Node add(long parent, Name name, int mode, Caller caller) {
    Node d = directory(parent);
    requireFree(d, name);
    Node n = new Node(nextInode.getAndIncrement(), mode, chunks);
    n.uid = caller.uid();
    n.gid = caller.gid();
    if ((d.mode & 02000) != 0) {
      n.gid = d.gid;
      n.mode |= n.isDirectory() ? 02000 : 0;
    }
    if (n.isDirectory()) {
      n.parent = d;
      d.nlink++;
    }
    d.put(name, n);
    d.modified();
    nodes.put(n.inode, n);
    return n;
  }

  private static void requireFree(Node directory, Name name) {
    if (directory.isRemoved()) {
      throw error(Errno.ENOENT);
    }
    if (!name.isValidEntry()) {
      throw error(Errno.EINVAL);
    }
    if (directory.child(name) != null) {
      throw error(Errno.EEXIST);
    }
  }

  @Override
  public CompletionStage<Result<Attributes>> link(long inode, long newParent, Name newName) {
    return locked(
        () -> {
          Node n = node(inode);
          Node d = directory(newParent);
          if (n.isDirectory()) {
            throw error(Errno.EPERM);
          }
          requireFree(d, newName);
          if (n.isRemoved()) {
            throw error(Errno.ENOENT);
          }
          d.put(newName, n);
          d.modified();
          n.nlink++;
          n.changed();
          return n.attributes();
        });
  }

  @Override
  public CompletionStage<Result<Done>> unlink(long parent, Name name) {
    return locked(
        () -> {
          Node d = directory(parent);
          Node n = present(d.child(name));
          if (n.isDirectory()) {
            throw error(Errno.EISDIR);
          }
          d.remove(name);
          d.modified();
          dropName(n);
          return Done.DONE;
        });
  }

  @Override
  public CompletionStage<Result<Done>> removeDirectory(long parent, Name name) {
    return locked(
        () -> {
          Node d = directory(parent);
          Node n = present(d.child(name));
          requireEmptyDirectory(n);
          d.remove(name);
          d.nlink--;
          d.modified();
          dropName(n);
          return Done.DONE;
        });
  }

  private static void requireEmptyDirectory(Node n) {
    if (!n.isDirectory()) {
      throw error(Errno.ENOTDIR);
    }
    if (!n.entries.isEmpty()) {
      throw error(Errno.ENOTEMPTY);
    }
  }

  private void dropName(Node n) {
    n.nlink = n.isDirectory() ? 0 : n.nlink - 1;
    n.changed();
    reap(n);
  }

  private void reap(Node n) {
    if (n.isRemoved() && n.opened == 0) {
      nodes.remove(n.inode);
      n.content.truncate(0);
    }
  }

  @Override
  public CompletionStage<Result<Done>> rename(
      long parent, Name name, long newParent, Name newName, RenameMode mode) {
    return locked(
        () -> {
          Node from = directory(parent);
          Node to = directory(newParent);
          Node moved = present(from.child(name));
          Node there = to.child(newName);
          if (to.isRemoved()) {
            throw error(Errno.ENOENT);
          }
          if (to.isWithin(moved)) {
            throw error(Errno.EINVAL);
          }
          if (mode == RenameMode.EXCHANGE) {
            exchange(from, name, moved, to, newName, present(there));
          } else if (there != moved) {
            if (mode == RenameMode.NO_REPLACE && there != null) {
              throw error(Errno.EEXIST);
            }
            move(from, name, moved, to, newName, there);
          }
          return Done.DONE;
        });
  }

  private void move(
      Node from, Name name, Node moved, Node to, Name newName, @Nullable Node replaced) {
    if (replaced != null) {
      if (moved.isDirectory()) {
        requireEmptyDirectory(replaced);
        to.nlink--;
      } else if (replaced.isDirectory()) {
        throw error(Errno.EISDIR);
      }
    }
    from.remove(name);
    to.put(newName, moved);
    changeParent(moved, from, to);
    moved.changed();
    from.modified();
    to.modified();
    if (replaced != null) {
      dropName(replaced);
    }
  }

  private static void exchange(
      Node from, Name name, Node moved, Node to, Name newName, Node other) {
    if (from.isWithin(other)) {
      throw error(Errno.EINVAL);
    }
    from.put(name, other);
    to.put(newName, moved);
    changeParent(moved, from, to);
    changeParent(other, to, from);
    moved.changed();
    other.changed();
    from.modified();
    to.modified();
  }

  private static void changeParent(Node n, Node from, Node to) {
    if (n.isDirectory() && from != to) {
      n.parent = to;
      from.nlink--;
      to.nlink++;
    }
  }

  // ---- attributes

  @Override
  public CompletionStage<Result<Attributes>> setAttributes(long inode, AttributeChange change) {
    return locked(
        () -> {
          Node n = node(inode);
          change.mode().ifPresent(m -> n.mode = (n.mode & FileType.MASK) | (m & 07777));
          change.uid().ifPresent(u -> n.uid = u);
          change.gid().ifPresent(g -> n.gid = g);
          if (change.clearPrivileges()) {
            n.clearPrivileges();
          }
          n.changed();
          change.atime().ifPresent(t -> n.atime = t);
          change.mtime().ifPresent(t -> n.mtime = t);
          change.ctime().ifPresent(t -> n.ctime = t);
          return n.attributes();
        });
  }

  @Override
  public CompletionStage<Result<Attributes>> truncate(long inode, long sizeBytes) {
    return locked(
        () -> {
          Node n = node(inode);
          if (n.isDirectory()) {
            throw error(Errno.EISDIR);
          }
          if (n.type() != FileType.REGULAR || sizeBytes < 0) {
            throw error(Errno.EINVAL);
          }
          if (sizeBytes > MAX_FILE_BYTES) {
            throw error(Errno.EFBIG);
          }
          cut(n, sizeBytes);
          return n.attributes();
        });
  }

  private static void cut(Node n, long size) {
    n.content.truncate(size);
    n.truncateEpoch++;
    n.modified();
  }

  // ---- content

  @Override
  public CompletionStage<Result<OpenedFile>> open(long inode, boolean truncate) {
    return locked(() -> openExisting(node(inode), truncate));
  }

  private OpenedFile openExisting(Node n, boolean truncate) {
    if (n.isDirectory()) {
      throw error(Errno.EISDIR);
    }
    if (n.type() != FileType.REGULAR) {
      throw error(Errno.EINVAL);
    }
    if (truncate) {
      cut(n, 0);
    }
    return opened(n);
  }

  private OpenedFile opened(Node n) {
    long handle = nextHandle.getAndIncrement();
    n.opened++;
    handles.put(handle, n);
    return new OpenedFile(handle, n.attributes());
  }

  @Override
  public CompletionStage<Result<Integer>> read(
      long handle, long offset, MemorySegment destination) {
    return call(() -> handle(handle).content.read(offset, destination));
  }

  @Override
  public CompletionStage<Result<Integer>> write(
      long handle, long offset, MemorySegment source, boolean clearPrivileges) {
    return call(
        () -> {
          Node n = handle(handle);
          if (offset + source.byteSize() > MAX_FILE_BYTES) {
            throw error(Errno.EFBIG);
          }
          n.content.write(offset, source);
          synchronized (this) {
            if (clearPrivileges) {
              n.clearPrivileges();
            }
            n.modified();
          }
          return (int) source.byteSize();
        });
  }

  @Override
  public CompletionStage<Result<Done>> flush(long handle) {
    return call(() -> alive(handle));
  }

  @Override
  public CompletionStage<Result<Done>> fsync(long handle) {
    return call(() -> alive(handle));
  }

  @Override
  public CompletionStage<Result<Done>> fsyncDirectory(long inode) {
    return call(() -> Done.DONE);
  }

  @Override
  public CompletionStage<Result<Done>> sync() {
    return call(() -> Done.DONE);
  }

  private Done alive(long handle) {
    Node unused = handle(handle);
    return Done.DONE;
  }

  @Override
  public CompletionStage<Result<Done>> release(long handle) {
    return locked(
        () -> {
          Node n = handle(handle);
          handles.remove(handle);
          n.opened--;
          reap(n);
          return Done.DONE;
        });
  }
}
