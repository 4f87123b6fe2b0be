package io.troupe.fuse.ops;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.id.FileId;
import io.troupe.fuse.protocol.Opcode;
import io.troupe.fuse.transport.Handler;
import io.troupe.fuse.transport.Request;
import io.troupe.gateway.fs.InodeFileSystem;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All operations of one mount, by number. What is not in the table is answered with ENOSYS, which
 * the kernel takes as "never ask again" and helps itself where it can: lseek, copy_file_range,
 * locks (which so hold on this mount only), tmpfile.
 */
public final class Operations implements Handler {
  private final Session session;
  private final Init init;
  private final @Nullable Operation[] table = new @Nullable Operation[Opcode.LIMIT];

  /**
   * Serves a file system.
   *
   * @param clock for times that the kernel leaves to the server
   */
  public Operations(InodeFileSystem fs, Caching caching, InstantSource clock) {
    session = new Session(fs, caching, clock);
    init = new Init(caching);
    table[Opcode.INIT] = init;
    table[Opcode.DESTROY] = new Destroy();
    table[Opcode.INTERRUPT] = new Interrupt();
    table[Opcode.LOOKUP] = new Lookup(session);
    table[Opcode.FORGET] = new Forget(session);
    table[Opcode.BATCH_FORGET] = new BatchForget(session);
    table[Opcode.GETATTR] = new GetAttr(session);
    table[Opcode.SETATTR] = new SetAttr(session);
    table[Opcode.ACCESS] = new Access();
    table[Opcode.STATFS] = new StatFs(session);
    table[Opcode.MKNOD] = new MkNod(session);
    table[Opcode.MKDIR] = new MkDir(session);
    table[Opcode.SYMLINK] = new Symlink(session);
    table[Opcode.READLINK] = new ReadLink(session);
    table[Opcode.LINK] = new Link(session);
    table[Opcode.UNLINK] = new Unlink(session);
    table[Opcode.RMDIR] = new RmDir(session);
    table[Opcode.RENAME] = new Rename(session);
    table[Opcode.RENAME2] = new Rename2(session);
    table[Opcode.OPENDIR] = new OpenDir();
    table[Opcode.READDIR] = new ReadDir(session);
    table[Opcode.READDIRPLUS] = new ReadDirPlus(session);
    table[Opcode.RELEASEDIR] = new ReleaseDir();
    table[Opcode.FSYNCDIR] = new FsyncDir(session);
    table[Opcode.CREATE] = new Create(session);
    table[Opcode.OPEN] = new Open(session);
    table[Opcode.READ] = new Read(session);
    table[Opcode.WRITE] = new Write(session);
    table[Opcode.FLUSH] = new Flush(session);
    table[Opcode.FSYNC] = new Fsync(session);
    table[Opcode.RELEASE] = new Release(session);
    table[Opcode.GETXATTR] = new GetXattr(session);
    table[Opcode.LISTXATTR] = new ListXattr(session);
    table[Opcode.SETXATTR] = new SetXattr(session, init);
    table[Opcode.REMOVEXATTR] = new RemoveXattr(session);
  }

  @Override
  public void handle(Request r) {
    int opcode = r.opcode();
    Operation operation = opcode > 0 && opcode < table.length ? table[opcode] : null;
    if (operation == null) {
      r.fail(Errno.ENOSYS);
    } else {
      operation.handle(r);
    }
  }

  /** True once INIT has been answered. */
  public boolean isReady() {
    return init.isDone();
  }

  /** What was agreed on with the kernel, for people. */
  public String agreement() {
    return init.describe();
  }

  /**
   * Makes durable what was written to files that are still open and gives their handles back, for
   * when the kernel will not come back for them; and whatever else was changed. Completes when all
   * of it is done; failures are in the results.
   */
  public CompletableFuture<List<Result<Done>>> abandonOpenFiles() {
    InodeFileSystem fs = session.fs();
    List<CompletableFuture<Result<Done>>> ends = new ArrayList<>();
    for (long handle : session.openFiles().handles()) {
      session.openFiles().released(handle);
      ends.add(
          fs.flush(handle)
              .thenCompose(flushed -> fs.release(handle).thenApply(released -> flushed))
              .toCompletableFuture());
    }
    return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
        .thenCompose(all -> fs.fsyncDirectory(FileId.ROOT_INODE))
        .thenApply(
            synced ->
                Stream.concat(ends.stream().map(CompletableFuture::join), Stream.of(synced))
                    .toList());
  }
}
