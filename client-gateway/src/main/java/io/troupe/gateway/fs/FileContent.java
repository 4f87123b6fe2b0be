package io.troupe.gateway.fs;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.stream.ObjectRequest;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.gateway.io.ObjectRange;
import io.troupe.gateway.io.Patience;
import io.troupe.gateway.io.StripedIo;
import io.troupe.gateway.ports.Mrc;
import java.lang.foreign.MemorySegment;
import java.time.Clock;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Reads and writes open files.
 *
 * @param finishCut describes a file after it has made sure that no cut of it is pending
 */
record FileContent(
    Mrc mrc,
    StripedIo io,
    Patience patience,
    Clock clock,
    Function<Long, CompletionStage<Result<FileDescription>>> finishCut) {
  CompletionStage<Result<Integer>> read(OpenInode open, long offset, MemorySegment destination) {
    long left = open.sizeBytes() - offset;
    if (left <= 0 || destination.byteSize() == 0) {
      return CompletableFuture.completedFuture(Result.ok(0));
    }
    MemorySegment wanted =
        left < destination.byteSize() ? destination.asSlice(0, left) : destination;
    OpenInode.Target t = open.target();
    return io.transfer(
        ObjectRequest.Kind.READ,
        open.file(),
        t.xlocs(),
        t.epoch(),
        offset,
        wanted,
        (osd, incarnation) -> {});
  }

  /**
   * Writes all, or fails: then the size is what it was, and what reached any OSD all the same is
   * synced with the next flush. While the file is being truncated it waits and tries again.
   */
  CompletionStage<Result<Integer>> write(OpenInode open, long offset, MemorySegment source) {
    CompletableFuture<Result<Integer>> done = new CompletableFuture<>();
    attempt(open, offset, source, patience.begin(), done);
    return done;
  }

  private void attempt(
      OpenInode open,
      long offset,
      MemorySegment source,
      Patience.Tries tries,
      CompletableFuture<Result<Integer>> done) {
    OpenInode.Target t = open.target();
    if (!t.ready()) {
      afterLearning(open, offset, source, tries, done);
      return;
    }
    open.writing(osdsOf(t.xlocs().first(), offset, (int) source.byteSize()));
    io.transfer(
            ObjectRequest.Kind.WRITE,
            open.file(),
            t.xlocs(),
            t.epoch(),
            offset,
            source,
            open::acknowledged)
        .whenComplete(
            (result, failure) -> {
              boolean lost = open.lostSince(t);
              if (result instanceof Result.Ok<Integer> && !lost) {
                open.written(t.epoch(), offset + source.byteSize(), FileTime.of(clock.instant()));
              }
              open.writeEnded();
              if (failure != null) {
                done.completeExceptionally(failure);
              } else if (result instanceof Result.Failed<Integer> f && f.errno() == Errno.EAGAIN) {
                // Somebody has truncated the file.
                afterLearning(open, offset, source, tries, done);
              } else if (result instanceof Result.Ok<Integer> && lost) {
                done.complete(
                    Result.failed(
                        Errno.EIO, "an OSD lost a part of the write to file " + open.file()));
              } else {
                done.complete(result);
              }
            });
  }

  /** Learns what the file's epoch is and writes again with that one, after a pause. */
  private void afterLearning(
      OpenInode open,
      long offset,
      MemorySegment source,
      Patience.Tries tries,
      CompletableFuture<Result<Integer>> done) {
    learn(open)
        .whenComplete(
            (learnt, failure) -> {
              if (failure != null) {
                done.completeExceptionally(failure);
              } else if (learnt instanceof Result.Failed<Done> f) {
                done.complete(f.as());
              } else if (!tries.again(() -> attempt(open, offset, source, tries, done))) {
                done.complete(
                    Result.failed(
                        Errno.EIO, "file " + open.file() + " was being truncated all the time"));
              }
            });
  }

  private CompletionStage<Result<Done>> learn(OpenInode open) {
    long inode = open.file().inode();
    CompletionStage<Result<FileDescription>> s =
        mrc.ask(open.file().partition(), r -> new VolumeCommand.Describe(inode, r));
    return s.thenCompose(
            result ->
                result instanceof Result.Ok<FileDescription>(FileDescription d)
                        && d.truncatePending()
                    ? finishCut.apply(inode)
                    : CompletableFuture.completedFuture(result))
        .thenApply(
            result ->
                result.map(
                    d -> {
                      open.described(d);
                      return Done.DONE;
                    }));
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
}
