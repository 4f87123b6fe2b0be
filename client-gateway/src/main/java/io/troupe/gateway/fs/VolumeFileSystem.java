package io.troupe.gateway.fs;

import io.troupe.actors.directory.Role;
import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.DirectoryEntry;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.VolumeUsage;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.session.SessionEvent;
import io.troupe.actors.volume.AttributeChange;
import io.troupe.actors.volume.CreatedFile;
import io.troupe.actors.volume.DirectoryPage;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.RenameMode;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.actors.volume.XattrMode;
import io.troupe.gateway.io.Patience;
import io.troupe.gateway.io.StripedIo;
import io.troupe.gateway.ports.ClusterPort;
import io.troupe.gateway.ports.Mrc;
import java.lang.foreign.MemorySegment;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A volume of the cluster, as a file system of inodes. Its owner closes it when nobody uses it any
 * more.
 */
public final class VolumeFileSystem implements InodeFileSystem, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VolumeFileSystem.class);

  /**
   * What one read or write may carry: what the windows of a wide stripe take in reasonable time.
   */
  private static final long MAX_TRANSFER_BYTES = 64L << 20;

  private final VolumeId volume;
  private final ClusterPort cluster;
  private final Mrc mrc;
  private final ActorRef<SessionEvent> session;
  private final Clock clock;
  private final Flush flush;
  private final FileContent content;
  private final OpenFiles files = new OpenFiles();
  private final OpensAtMrc opens;
  private final Closes closes;
  private volatile boolean closed;

  /**
   * Makes one.
   *
   * @param mrc asks the MRCs
   * @param patience with OSDs that are busy and files that are being truncated
   * @param session what is opened is open for as long as this actor lives; used by nobody else,
   *     since each tells for itself what it has open
   */
  public VolumeFileSystem(
      VolumeId volume,
      ClusterPort cluster,
      Mrc mrc,
      StripedIo io,
      Patience patience,
      ActorRef<SessionEvent> session,
      Clock clock) {
    this.volume = volume;
    this.cluster = cluster;
    this.mrc = mrc;
    this.session = session;
    this.clock = clock;
    this.flush = new Flush(cluster, mrc, patience);
    this.opens = new OpensAtMrc(cluster, session);
    this.closes = new Closes(patience.timer(), opens::close);
    this.content = new FileContent(mrc, io, patience, clock, this::finishCut);
  }

  public VolumeId volume() {
    return volume;
  }

  /** Opens nothing more and releases what is open, in the background. Returns at once. */
  @Override
  public void close() {
    closed = true;
    files.handles().forEach(this::release);
  }

  /** It was closed, and nothing is left to be told to the cluster. */
  public boolean isDone() {
    return closed && files.isEmpty() && closes.isEmpty() && opens.isIdle();
  }

  /** Nobody will flush any more what was released and could not be flushed: says so. */
  public void giveUp() {
    files.giveUp();
  }

  private <T> CompletionStage<Result<T>> ask(
      long inode, Function<ActorRef<Result<T>>, VolumeCommand> command) {
    return mrc.ask(PartitionId.ofInode(volume, inode), command);
  }

  /** The inode is that of a directory whose entries change, or what changes itself. */
  private <T> CompletionStage<Result<T>> once(
      long inode, Function<ActorRef<Result<T>>, VolumeCommand.Repeatable> command) {
    return mrc.once(PartitionId.ofInode(volume, inode), command);
  }

  private FileId file(long inode) {
    return new FileId(volume, inode);
  }

  private Attributes overlay(Attributes a) {
    OpenInode open = files.ofInode(a.inode());
    return open == null ? a : open.overlay(a);
  }

  private CompletionStage<Result<Attributes>> overlaid(CompletionStage<Result<Attributes>> s) {
    return s.thenApply(r -> r.map(this::overlay));
  }

  // ---- reads of the namespace

  @Override
  public CompletionStage<Result<Attributes>> lookup(long parent, Name name) {
    return overlaid(ask(parent, r -> new VolumeCommand.Lookup(parent, name, r)));
  }

  @Override
  public CompletionStage<Result<Attributes>> getAttributes(long inode) {
    return overlaid(ask(inode, r -> new VolumeCommand.GetAttributes(inode, r)));
  }

  @Override
  public CompletionStage<Result<DirectoryPage>> readDirectory(
      long inode, long afterCookie, int maxEntries) {
    CompletionStage<Result<DirectoryPage>> page =
        ask(inode, r -> new VolumeCommand.ReadDirectory(inode, afterCookie, maxEntries, r));
    return files.isEmpty() ? page : page.thenApply(r -> r.map(this::overlay));
  }

  private DirectoryPage overlay(DirectoryPage page) {
    List<DirectoryEntry> entries = new ArrayList<>(page.entries().size());
    for (DirectoryEntry e : page.entries()) {
      entries.add(new DirectoryEntry(e.name(), e.cookie(), overlay(e.attributes())));
    }
    return new DirectoryPage(entries, page.parent(), page.last());
  }

  @Override
  public CompletionStage<Result<byte[]>> readLink(long inode) {
    return ask(inode, r -> new VolumeCommand.ReadLink(inode, r));
  }

  @Override
  public CompletionStage<Result<byte[]>> getXattr(long inode, Name name) {
    return ask(inode, r -> new VolumeCommand.GetXattr(inode, name, r));
  }

  @Override
  public CompletionStage<Result<List<Name>>> listXattrs(long inode) {
    return ask(inode, r -> new VolumeCommand.ListXattrs(inode, r));
  }

  // ---- changes of the namespace

  @Override
  public CompletionStage<Result<Done>> setXattr(
      long inode, Name name, byte[] value, XattrMode mode) {
    return once(inode, r -> new VolumeCommand.SetXattr(inode, name, value, mode, r));
  }

  @Override
  public CompletionStage<Result<Done>> removeXattr(long inode, Name name) {
    return once(inode, r -> new VolumeCommand.RemoveXattr(inode, name, r));
  }

  @Override
  public CompletionStage<Result<Attributes>> makeNode(
      long parent, Name name, int mode, int rdev, Caller caller) {
    return once(parent, r -> new VolumeCommand.MakeNode(parent, name, mode, rdev, caller, r));
  }

  @Override
  public CompletionStage<Result<Attributes>> makeDirectory(
      long parent, Name name, int mode, Caller caller) {
    return once(parent, r -> new VolumeCommand.MakeDirectory(parent, name, mode, caller, r));
  }

  @Override
  public CompletionStage<Result<Attributes>> makeSymlink(
      long parent, Name name, byte[] target, Caller caller) {
    return once(parent, r -> new VolumeCommand.MakeSymlink(parent, name, target, caller, r));
  }

  @Override
  public CompletionStage<Result<Attributes>> link(long inode, long newParent, Name newName) {
    return overlaid(once(newParent, r -> new VolumeCommand.Link(inode, newParent, newName, r)));
  }

  @Override
  public CompletionStage<Result<Done>> unlink(long parent, Name name) {
    closes.send(PartitionId.ofInode(volume, parent)); // a file that is closed goes faster
    return once(parent, r -> new VolumeCommand.Unlink(parent, name, r));
  }

  @Override
  public CompletionStage<Result<Done>> removeDirectory(long parent, Name name) {
    return once(parent, r -> new VolumeCommand.RemoveDirectory(parent, name, r));
  }

  @Override
  public CompletionStage<Result<Done>> rename(
      long parent, Name name, long newParent, Name newName, RenameMode mode) {
    closes.send(PartitionId.ofInode(volume, parent)); // it may replace one
    return once(parent, r -> new VolumeCommand.Rename(parent, name, newParent, newName, mode, r));
  }

  @Override
  public CompletionStage<Result<Attributes>> setAttributes(long inode, AttributeChange change) {
    OpenInode open = files.ofInode(inode);
    if (open == null || change.mtime().isEmpty()) {
      return overlaid(askSetAttributes(inode, change));
    }
    // In turn with reports of the file: one that was begun before must not undo the time behind our
    // back.
    CompletableFuture<Result<Attributes>> outcome = new CompletableFuture<>();
    var unused =
        open.flushInTurn(
            Flushing.REPORT,
            () ->
                askSetAttributes(inode, change)
                    .thenApply(
                        result -> {
                          outcome.complete(
                              result.map(
                                  a -> {
                                    open.timesSet(a);
                                    return open.overlay(a);
                                  }));
                          return Result.ok(Done.DONE);
                        }));
    return outcome;
  }

  private CompletionStage<Result<Attributes>> askSetAttributes(long inode, AttributeChange change) {
    return once(inode, r -> new VolumeCommand.SetAttributes(inode, change, r));
  }

  @Override
  public CompletionStage<Result<Attributes>> truncate(long inode, long sizeBytes) {
    CompletionStage<Result<FileDescription>> s =
        mrc.ask(file(inode), r -> new FileCommand.Truncate(sizeBytes, r));
    return s.thenApply(result -> result.map(this::described));
  }

  private Attributes described(FileDescription d) {
    OpenInode open = files.ofInode(d.attributes().inode());
    if (open == null) {
      return d.attributes();
    }
    open.described(d);
    return open.overlay(d.attributes());
  }

  // ---- open files

  @Override
  public CompletionStage<Result<OpenedFile>> create(
      long parent, Name name, int mode, Caller caller, boolean exclusive, boolean truncate) {
    OpensAtMrc.Opening opening =
        opens.opening(PartitionId.ofInode(volume, parent), OptionalLong.empty());
    CompletionStage<Result<CreatedFile>> s =
        once(
            parent,
            r ->
                new VolumeCommand.CreateFile(
                    parent, name, mode, caller, exclusive, Optional.of(session), r));
    return counted(opening, s, CreatedFile::file)
        .thenCompose(
            result -> {
              if (!(result instanceof Result.Ok<CreatedFile>(CreatedFile created))) {
                return CompletableFuture.completedFuture(failure(result));
              }
              return truncate && !created.created()
                  ? truncateOpened(created.file())
                  : CompletableFuture.completedFuture(opened(created.file()));
            });
  }

  @Override
  public CompletionStage<Result<OpenedFile>> open(long inode, boolean truncate) {
    return openAtMrc(inode)
        .thenCompose(
            result -> {
              if (!(result instanceof Result.Ok<FileDescription>(FileDescription d))) {
                return CompletableFuture.completedFuture(failure(result));
              }
              return truncate ? truncateOpened(d) : CompletableFuture.completedFuture(opened(d));
            });
  }

  private CompletionStage<Result<FileDescription>> openAtMrc(long inode) {
    OpensAtMrc.Opening opening =
        opens.opening(PartitionId.ofInode(volume, inode), OptionalLong.of(inode));
    CompletionStage<Result<FileDescription>> s =
        once(inode, r -> new VolumeCommand.OpenFile(inode, session, r));
    return counted(opening, s, d -> d);
  }

  /** Of a regular file the MRC counts an open that succeeds. */
  private <T> CompletionStage<Result<T>> counted(
      OpensAtMrc.Opening opening,
      CompletionStage<Result<T>> answer,
      Function<T, FileDescription> file) {
    return answer.whenComplete(
        (result, failure) -> {
          if (failure == null
              && result instanceof Result.Ok<T>(T opened)
              && file.apply(opened).xlocs().isPresent()) {
            opens.opened(opening, file.apply(opened).attributes().inode());
          } else {
            opens.failed(opening);
          }
        });
  }

  /** Whoever opens a file finishes a cut of it that is pending. */
  private CompletionStage<Result<FileDescription>> finishCut(long inode) {
    return openAtMrc(inode)
        .thenApply(
            result -> {
              if (result instanceof Result.Ok<FileDescription>) {
                closeAtMrc(inode);
              }
              return result;
            });
  }

  private CompletionStage<Result<OpenedFile>> truncateOpened(FileDescription d) {
    long inode = d.attributes().inode();
    CompletionStage<Result<FileDescription>> s =
        mrc.ask(file(inode), r -> new FileCommand.Truncate(0, r));
    return s.thenApply(
        result -> {
          if (result instanceof Result.Ok<FileDescription>(FileDescription cut)) {
            return opened(cut);
          }
          closeAtMrc(inode);
          return failure(result);
        });
  }

  private Result<OpenedFile> opened(FileDescription d) {
    long inode = d.attributes().inode();
    if (d.xlocs().isEmpty()) {
      return Result.failed(
          d.attributes().isDirectory() ? Errno.EISDIR : Errno.EINVAL,
          "inode " + inode + " is no regular file");
    }
    long handle = files.add(file(inode), d);
    if (closed) {
      var unused = release(handle);
      return Result.failed(Errno.EIO, "volume " + volume + " was closed");
    }
    return Result.ok(new OpenedFile(handle, overlay(d.attributes())));
  }

  private void closeAtMrc(long inode) {
    closes.add(PartitionId.ofInode(volume, inode), inode);
    if (closed) {
      closes.sendAll();
    }
  }

  private static <T> Result<T> failure(Result<?> r) {
    return r instanceof Result.Failed<?> f ? f.as() : Result.failed(Errno.EIO, "unexpected " + r);
  }

  private static <T> CompletionStage<Result<T>> badHandle(long handle) {
    return CompletableFuture.completedFuture(
        Result.failed(Errno.EBADF, "no open file has handle " + handle));
  }

  private static CompletionStage<Result<Integer>> tooLarge(MemorySegment memory) {
    return CompletableFuture.completedFuture(
        Result.failed(
            Errno.EINVAL,
            "offset or length out of range; one call carries at most "
                + MAX_TRANSFER_BYTES
                + " bytes, not "
                + memory.byteSize()));
  }

  @Override
  public CompletionStage<Result<Integer>> read(
      long handle, long offset, MemorySegment destination) {
    OpenInode open = files.ofHandle(handle);
    if (open == null) {
      return badHandle(handle);
    }
    if (offset < 0 || destination.byteSize() > MAX_TRANSFER_BYTES) {
      return tooLarge(destination);
    }
    return content.read(open, offset, destination);
  }

  @Override
  public CompletionStage<Result<Integer>> write(
      long handle, long offset, MemorySegment source, boolean clearPrivileges) {
    OpenInode open = files.ofHandle(handle);
    if (open == null) {
      return badHandle(handle);
    }
    if (source.byteSize() == 0) {
      return CompletableFuture.completedFuture(Result.ok(0));
    }
    if (offset < 0 || source.byteSize() > MAX_TRANSFER_BYTES) {
      return tooLarge(source);
    }
    if (!clearPrivileges) {
      return content.write(open, offset, source);
    }
    return setAttributes(open.file().inode(), AttributeChange.NONE.withClearPrivileges())
        .thenCompose(
            cleared ->
                cleared instanceof Result.Ok<Attributes>
                    ? content.write(open, offset, source)
                    : CompletableFuture.completedFuture(failure(cleared)));
  }

  @Override
  public CompletionStage<Result<Done>> flush(long handle) {
    OpenInode open = files.ofHandle(handle);
    return open == null ? badHandle(handle) : flush.of(open, Flushing.CLOSE);
  }

  @Override
  public CompletionStage<Result<Done>> fsync(long handle) {
    OpenInode open = files.ofHandle(handle);
    return open == null ? badHandle(handle) : flush.of(open, Flushing.FSYNC);
  }

  @Override
  public CompletionStage<Result<Done>> fsyncDirectory(long inode) {
    return mrc.sync(PartitionId.ofInode(volume, inode));
  }

  @Override
  public CompletionStage<Result<Done>> sync() {
    List<CompletableFuture<Result<Done>>> flushed = new ArrayList<>();
    for (OpenInode open : files.all()) {
      flushed.add(flush.of(open, Flushing.CLOSE).toCompletableFuture());
    }
    return CompletableFuture.allOf(flushed.toArray(CompletableFuture<?>[]::new))
        .thenCompose(all -> mrc.sync(new PartitionId(volume, 0)))
        .thenApply(
            synced ->
                flushed.stream()
                    .map(CompletableFuture::join)
                    .filter(r -> r instanceof Result.Failed<Done>)
                    .findFirst()
                    .orElse(synced));
  }

  /**
   * Called every second or so. Sizes that nobody flushed are told to the MRC, for others to see;
   * what was released before it could be flushed is tried again; an MRC that began anew is told
   * what is open.
   */
  public void report() {
    opens.tick();
    for (OpenInode open : files.all()) {
      if (open.isFlushing()) {
        continue;
      }
      boolean released = open.releasedAt().isPresent();
      flush
          .of(open, released ? Flushing.CLOSE : Flushing.REPORT)
          .thenAccept(
              r -> {
                if (r instanceof Result.Failed<Done>(Errno errno, String detail)) {
                  LOG.debug("file={} event=report-failed errno={} {}", open.file(), errno, detail);
                }
                if (released) {
                  files.flushed(open, r, clock.instant());
                }
              });
    }
  }

  @Override
  public CompletionStage<Result<Done>> release(long handle) {
    OpenInode open = files.remove(handle);
    if (open == null) {
      return badHandle(handle);
    }
    return flush
        .of(open, Flushing.CLOSE)
        .thenApply(
            flushed -> {
              files.released(open, flushed, clock.instant());
              closeAtMrc(open.file().inode());
              return flushed;
            });
  }

  // ---- about the volume

  @Override
  public CompletionStage<Result<VolumeStatistics>> statistics() {
    CompletionStage<Result<VolumeUsage>> s =
        mrc.ask(new PartitionId(volume, 0), VolumeCommand.GetUsage::new);
    return s.thenApply(
        result ->
            result.map(
                usage -> {
                  long total = 0;
                  long free = 0;
                  for (var osd : cluster.view().online(Role.OSD)) {
                    total += osd.record().capacityBytes();
                    free += osd.record().freeBytes();
                  }
                  return new VolumeStatistics(total, free, usage.inodes());
                }));
  }

  @Override
  public CompletionStage<Result<String>> describe(long inode) {
    return new Describer(cluster, mrc, volume).describe(inode);
  }
}
