package io.troupe.gateway.fs;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.replica.Synced;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.gateway.io.Patience;
import io.troupe.gateway.ports.ClusterPort;
import io.troupe.gateway.ports.Mrc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a file's writes durable on its OSDs, finds out whether they still have them, and tells the
 * MRC how far they reach.
 */
record Flush(ClusterPort cluster, Mrc mrc, Patience patience) {
  private static final Logger LOG = LoggerFactory.getLogger(Flush.class);

  /**
   * Bytes and size are made durable at the same time: each has its disk to wait for. Where only the
   * size arrives, by a crash or because an OSD fails, the file is longer and reads as zeros where
   * bytes are missing: nobody was told that they are there, and what was cut before never comes
   * back, since the size counts only with the epoch of its writes. It is what a report of sizes
   * without a flush may leave behind, too. A flush that fails counts neither as done.
   *
   * <p>What an fsync has to do at the MRC is in the report; where there is none to be made, the MRC
   * is asked to sync: an earlier one, or the file itself, may not be on its disk yet.
   */
  CompletionStage<Result<Done>> of(OpenInode open, Flushing how) {
    return open.flushInTurn(how, () -> now(open, how));
  }

  private CompletionStage<Result<Done>> now(OpenInode open, Flushing how) {
    OpenInode.Unflushed u = open.take(how.syncsBytes());
    if (u.isNothing()) {
      return nothingToReport(open, how);
    }
    CompletionStage<Result<Done>> synced = sync(open, u.osds());
    CompletionStage<Result<Done>> reported =
        u.report() ? report(open, u, how) : nothingToReport(open, how);
    return synced
        .thenCombine(reported, (bytes, size) -> bytes instanceof Result.Ok<Done> ? size : bytes)
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

  private CompletionStage<Result<Done>> nothingToReport(OpenInode open, Flushing how) {
    return how == Flushing.FSYNC
        ? mrc.sync(open.file().partition())
        : CompletableFuture.completedFuture(Result.ok(Done.DONE));
  }

  private CompletionStage<Result<Done>> report(
      OpenInode open, OpenInode.Unflushed u, Flushing how) {
    long inode = open.file().inode();
    CompletionStage<Result<Attributes>> s =
        mrc.once(
            open.file().partition(),
            r -> {
              var report =
                  new VolumeCommand.ReportSize(
                      inode, u.truncateEpoch(), u.sizeBytes(), u.mtime(), false, r);
              return how == Flushing.FSYNC ? new VolumeCommand.Durable(report) : report;
            });
    return s.thenApply(result -> result.map(a -> Done.DONE));
  }

  /**
   * Asks the OSDs. Where one did not sync, its writes are the file's unsynced ones again; where it
   * has lost them, that is told once, with EIO.
   */
  CompletionStage<Result<Done>> sync(OpenInode open, Map<OsdId, Unsynced> writes) {
    List<CompletableFuture<Result<Done>>> answers = new ArrayList<>(writes.size());
    writes.forEach(
        (osd, unsynced) -> {
          CompletionStage<Result<Synced>> answer =
              patience.whileBusy(
                  () -> cluster.<Synced>askReplica(osd, open.file(), ReplicaCommand.Sync::new));
          answers.add(answer.thenApply(a -> outcome(open, osd, unsynced, a)).toCompletableFuture());
        });
    return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            all ->
                answers.stream()
                    .map(CompletableFuture::join)
                    .filter(r -> r instanceof Result.Failed<Done>)
                    .findFirst()
                    .orElse(Result.ok(Done.DONE)));
  }

  private static Result<Done> outcome(
      OpenInode open, OsdId osd, Unsynced writes, Result<Synced> answer) {
    return switch (answer) {
      case Result.Failed<Synced> f -> {
        open.unsynced(osd, writes);
        yield f.as();
      }
      case Result.Ok<Synced>(Synced s) when writes.isLostTo(s.incarnation()) -> {
        open.lossTold();
        LOG.error("file={} osd={} event=unsynced-writes-lost", open.file(), osd);
        yield Result.failed(
            Errno.EIO, "OSD " + osd + " was started anew and lost writes to file " + open.file());
      }
      case Result.Ok<Synced> ok -> Result.ok(Done.DONE);
    };
  }
}
