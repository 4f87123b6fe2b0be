package io.troupe.gateway.fs;

import io.troupe.actors.directory.Role;
import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.DirectoryEntry;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.VolumeUsage;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.session.SessionEvent;
import io.troupe.actors.stream.ObjectRequest;
import io.troupe.actors.volume.AttributeChange;
import io.troupe.actors.volume.CreatedFile;
import io.troupe.actors.volume.DirectoryPage;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.RenameMode;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.actors.volume.XattrMode;
import io.troupe.gateway.io.ObjectRange;
import io.troupe.gateway.io.StripedIo;
import io.troupe.gateway.ports.ClusterPort;
import java.lang.foreign.MemorySegment;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
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
  private final StripedIo io;
  private final ActorRef<SessionEvent> session;
  private final Clock clock;
  private final Map<Long, OpenInode> byInode = new ConcurrentHashMap<>();
  private final Map<Long, OpenInode> byHandle = new ConcurrentHashMap<>();
  private final AtomicLong nextHandle = new AtomicLong(1);
  private volatile boolean closed;

  /**
   * Makes one.
   *
   * @param session what is opened is open for as long as this actor lives
   */
  public VolumeFileSystem(
      VolumeId volume,
      ClusterPort cluster,
      StripedIo io,
      ActorRef<SessionEvent> session,
      Clock clock) {
    this.volume = volume;
    this.cluster = cluster;
    this.io = io;
    this.session = session;
    this.clock = clock;
  }

  public VolumeId volume() {
    return volume;
  }

  /** Opens nothing more and releases what is open, in the background. Returns at once. */
  @Override
  public void close() {
    closed = true;
    byHandle.keySet().forEach(this::release);
  }

  /** It was closed, and nothing is left to be told to the cluster. */
  public boolean isDone() {
    return closed && byInode.isEmpty();
  }

  private <T> CompletionStage<Result<T>> ask(
      long inode, Function<ActorRef<Result<T>>, VolumeCommand> command) {
    return cluster.askVolume(PartitionId.ofInode(volume, inode), command);
  }

  private FileId file(long inode) {
    return new FileId(volume, inode);
  }

  private Attributes overlay(Attributes a) {
    OpenInode open = byInode.get(a.inode());
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
    return byInode.isEmpty() ? page : page.thenApply(r -> r.map(this::overlay));
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
    return ask(inode, r -> new VolumeCommand.SetXattr(inode, name, value, mode, r));
  }

  @Override
  public CompletionStage<Result<Done>> removeXattr(long inode, Name name) {
    return ask(inode, r -> new VolumeCommand.RemoveXattr(inode, name, r));
  }

  @Override
  public CompletionStage<Result<Attributes>> makeNode(
      long parent, Name name, int mode, int rdev, Caller caller) {
    return ask(parent, r -> new VolumeCommand.MakeNode(parent, name, mode, rdev, caller, r));
  }

  @Override
  public CompletionStage<Result<Attributes>> makeDirectory(
      long parent, Name name, int mode, Caller caller) {
    return ask(parent, r -> new VolumeCommand.MakeDirectory(parent, name, mode, caller, r));
  }

  @Override
  public CompletionStage<Result<Attributes>> makeSymlink(
      long parent, Name name, byte[] target, Caller caller) {
    return ask(parent, r -> new VolumeCommand.MakeSymlink(parent, name, target, caller, r));
  }

  @Override
  public CompletionStage<Result<Attributes>> link(long inode, long newParent, Name newName) {
    return overlaid(ask(newParent, r -> new VolumeCommand.Link(inode, newParent, newName, r)));
  }

  @Override
  public CompletionStage<Result<Done>> unlink(long parent, Name name) {
    return ask(parent, r -> new VolumeCommand.Unlink(parent, name, r));
  }

  @Override
  public CompletionStage<Result<Done>> removeDirectory(long parent, Name name) {
    return ask(parent, r -> new VolumeCommand.RemoveDirectory(parent, name, r));
  }

  @Override
  public CompletionStage<Result<Done>> rename(
      long parent, Name name, long newParent, Name newName, RenameMode mode) {
    return ask(parent, r -> new VolumeCommand.Rename(parent, name, newParent, newName, mode, r));
  }

  @Override
  public CompletionStage<Result<Attributes>> setAttributes(long inode, AttributeChange change) {
    OpenInode open = byInode.get(inode);
    if (open == null || change.mtime().isEmpty()) {
      return overlaid(askSetAttributes(inode, change));
    }
    // In turn with reports of the file: one that was begun before must not undo the time behind our
    // back.
    CompletableFuture<Result<Attributes>> outcome = new CompletableFuture<>();
    var unused =
        open.flushInTurn(
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
    return ask(inode, r -> new VolumeCommand.SetAttributes(inode, change, r));
  }

  @Override
  public CompletionStage<Result<Attributes>> truncate(long inode, long sizeBytes) {
    CompletionStage<Result<FileDescription>> s =
        cluster.askFile(file(inode), r -> new FileCommand.Truncate(sizeBytes, r));
    return s.thenApply(result -> result.map(d -> overlay(d.attributes())));
  }

  // ---- open files

  @Override
  public CompletionStage<Result<OpenedFile>> create(
      long parent, Name name, int mode, Caller caller, boolean exclusive, boolean truncate) {
    CompletionStage<Result<CreatedFile>> s =
        ask(
            parent,
            r ->
                new VolumeCommand.CreateFile(
                    parent, name, mode, caller, exclusive, Optional.of(session), r));
    return s.thenCompose(
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
    CompletionStage<Result<FileDescription>> s =
        ask(inode, r -> new VolumeCommand.OpenFile(inode, session, r));
    return s.thenCompose(
        result -> {
          if (!(result instanceof Result.Ok<FileDescription>(FileDescription d))) {
            return CompletableFuture.completedFuture(failure(result));
          }
          return truncate ? truncateOpened(d) : CompletableFuture.completedFuture(opened(d));
        });
  }

  private CompletionStage<Result<OpenedFile>> truncateOpened(FileDescription d) {
    long inode = d.attributes().inode();
    CompletionStage<Result<FileDescription>> s =
        cluster.askFile(file(inode), r -> new FileCommand.Truncate(0, r));
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
    OpenInode open =
        byInode.compute(
            inode,
            (i, known) -> {
              OpenInode o = known == null ? new OpenInode(file(inode), d) : known;
              o.handleAdded();
              return o;
            });
    long handle = nextHandle.getAndIncrement();
    byHandle.put(handle, open);
    if (closed) {
      var unused = release(handle);
      return Result.failed(Errno.EIO, "volume " + volume + " was closed");
    }
    return Result.ok(new OpenedFile(handle, open.overlay(d.attributes())));
  }

  private void closeAtMrc(long inode) {
    CompletionStage<Result<Done>> s =
        ask(inode, r -> new VolumeCommand.CloseFile(inode, session, r));
    s.thenAccept(
        result -> {
          if (result instanceof Result.Failed<Done>(Errno errno, String detail)) {
            // The session's end closes it at the latest.
            LOG.debug("inode={} event=close-failed errno={} {}", inode, errno, detail);
          }
        });
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
    OpenInode open = byHandle.get(handle);
    if (open == null) {
      return badHandle(handle);
    }
    if (offset < 0 || destination.byteSize() > MAX_TRANSFER_BYTES) {
      return tooLarge(destination);
    }
    long left = open.sizeBytes() - offset;
    if (left <= 0 || destination.byteSize() == 0) {
      return CompletableFuture.completedFuture(Result.ok(0));
    }
    MemorySegment wanted =
        left < destination.byteSize() ? destination.asSlice(0, left) : destination;
    return io.transfer(
        ObjectRequest.Kind.READ,
        open.file(),
        open.xlocs(),
        open.truncateEpoch(),
        offset,
        wanted,
        (osd, incarnation) -> {});
  }

  @Override
  public CompletionStage<Result<Integer>> write(
      long handle, long offset, MemorySegment source, boolean clearPrivileges) {
    OpenInode open = byHandle.get(handle);
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
      return write(open, offset, source, true);
    }
    return setAttributes(open.file().inode(), AttributeChange.NONE.withClearPrivileges())
        .thenCompose(
            cleared ->
                cleared instanceof Result.Ok<Attributes>
                    ? write(open, offset, source, true)
                    : CompletableFuture.completedFuture(failure(cleared)));
  }

  private CompletionStage<Result<Integer>> write(
      OpenInode open, long offset, MemorySegment source, boolean retry) {
    int epoch = open.truncateEpoch();
    open.writing(osdsOf(open.xlocs().first(), offset, (int) source.byteSize()));
    return io.transfer(
            ObjectRequest.Kind.WRITE,
            open.file(),
            open.xlocs(),
            epoch,
            offset,
            source,
            open::acknowledged)
        .thenCompose(
            result -> {
              if (result instanceof Result.Ok<Integer>) {
                open.written(epoch, offset + source.byteSize(), FileTime.of(clock.instant()));
              } else if (retry
                  && result instanceof Result.Failed<Integer> f
                  && f.errno() == Errno.EAGAIN) {
                // Somebody has truncated the file: learn the new epoch and write again.
                return getAttributes(open.file().inode())
                    .thenCompose(
                        a ->
                            a instanceof Result.Ok<Attributes>
                                ? write(open, offset, source, false)
                                : CompletableFuture.completedFuture(failure(a)));
              }
              return CompletableFuture.completedFuture(result);
            });
  }

  private static Set<OsdId> osdsOf(ReplicaLocation replica, long offset, int length) {
    if (replica.osds().size() == 1) {
      return Set.of(replica.osds().getFirst());
    }
    Set<OsdId> osds = new HashSet<>();
    for (ObjectRange r : ObjectRange.of(replica.striping(), offset, length)) {
      osds.add(replica.osdOf(r.object()));
    }
    return osds;
  }

  @Override
  public CompletionStage<Result<Done>> flush(long handle) {
    OpenInode open = byHandle.get(handle);
    return open == null ? badHandle(handle) : flush(open, true);
  }

  @Override
  public CompletionStage<Result<Done>> fsync(long handle) {
    return flush(handle);
  }

  private CompletionStage<Result<Done>> flush(OpenInode open, boolean withSync) {
    return open.flushInTurn(() -> flushNow(open, withSync));
  }

  /** First the bytes, then the size, so that a flush leaves no size behind without its bytes. */
  private CompletionStage<Result<Done>> flushNow(OpenInode open, boolean withSync) {
    OpenInode.Unflushed u = open.take(withSync);
    if (u.isNothing()) {
      return CompletableFuture.completedFuture(Result.ok(Done.DONE));
    }
    return new Flush(cluster)
        .sync(open, u.osds())
        .thenCompose(
            synced ->
                synced instanceof Result.Ok<Done> && u.report()
                    ? report(open, u)
                    : CompletableFuture.completedFuture(synced))
        .thenApply(
            result -> {
              if (result instanceof Result.Failed<Done>) {
                open.giveBack(u);
              } else {
                open.flushed();
              }
              return result;
            });
  }

  private CompletionStage<Result<Done>> report(OpenInode open, OpenInode.Unflushed u) {
    long inode = open.file().inode();
    CompletionStage<Result<Attributes>> s =
        ask(
            inode,
            r ->
                new VolumeCommand.ReportSize(
                    inode, u.truncateEpoch(), u.sizeBytes(), u.mtime(), false, r));
    return s.thenApply(result -> result.map(a -> Done.DONE));
  }

  /**
   * Sizes that nobody flushed are told to the MRC, for others to see; called every second or so.
   */
  public void reportSizes() {
    for (OpenInode open : byInode.values()) {
      flush(open, false)
          .thenAccept(
              r -> {
                if (r instanceof Result.Failed<Done>(Errno errno, String detail)) {
                  LOG.debug("file={} event=report-failed errno={} {}", open.file(), errno, detail);
                }
              });
    }
  }

  @Override
  public CompletionStage<Result<Done>> release(long handle) {
    OpenInode open = byHandle.remove(handle);
    if (open == null) {
      return badHandle(handle);
    }
    long inode = open.file().inode();
    return flush(open, true)
        .thenApply(
            flushed -> {
              byInode.computeIfPresent(inode, (i, o) -> o.handleGone() ? null : o);
              closeAtMrc(inode);
              return flushed;
            });
  }

  // ---- about the volume

  @Override
  public CompletionStage<Result<VolumeStatistics>> statistics() {
    CompletionStage<Result<VolumeUsage>> s =
        cluster.askVolume(new PartitionId(volume, 0), VolumeCommand.GetUsage::new);
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
    return new Describer(cluster, volume).describe(inode);
  }
}
