package io.troupe.gateway.fs;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.volume.FileDescription;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * What this client knows of a file that it has open and the MRC may not know yet: how far its
 * writes reach, when they were made, which OSDs have not synced them. Shared by all handles of the
 * file. Thread-safe; no I/O.
 */
final class OpenInode {
  private final FileId file;
  private final XLocSet xlocs;
  private int handles;
  private long sizeBytes;
  private int truncateEpoch;
  private FileTime mtime;
  private boolean sizeUnreported;
  private boolean mtimeUnreported;
  private final Map<OsdId, Unsynced> unsynced = new HashMap<>();

  /** What was taken to be reported is not known to have arrived. */
  private boolean reporting;

  /** The last flush that was begun. */
  private CompletionStage<Result<Done>> flushing =
      CompletableFuture.completedFuture(Result.ok(Done.DONE));

  /** What a flush takes care of. */
  record Unflushed(
      Map<OsdId, Unsynced> osds,
      boolean report,
      int truncateEpoch,
      long sizeBytes,
      FileTime mtime) {
    boolean isNothing() {
      return osds.isEmpty() && !report;
    }
  }

  OpenInode(FileId file, FileDescription d) {
    this.file = file;
    this.xlocs =
        d.xlocs().orElseThrow(() -> new IllegalArgumentException(file + " is no regular file"));
    this.sizeBytes = d.attributes().sizeBytes();
    this.truncateEpoch = d.attributes().truncateEpoch();
    this.mtime = d.attributes().mtime();
  }

  FileId file() {
    return file;
  }

  XLocSet xlocs() {
    return xlocs;
  }

  synchronized void handleAdded() {
    handles++;
  }

  /** True when it was the last. */
  synchronized boolean handleGone() {
    return --handles == 0;
  }

  synchronized boolean isOpen() {
    return handles > 0;
  }

  synchronized long sizeBytes() {
    return sizeBytes;
  }

  synchronized int truncateEpoch() {
    return truncateEpoch;
  }

  /** Before a write is sent: a sync has to reach these OSDs even if the answer never comes. */
  synchronized void writing(Set<OsdId> osds) {
    osds.forEach(osd -> unsynced(osd, Unsynced.UNANSWERED));
  }

  /**
   * An OSD carried its part of a write out. It is not synced even if a flush was begun meanwhile.
   */
  synchronized void acknowledged(OsdId osd, long incarnation) {
    unsynced(osd, Unsynced.acknowledgedBy(incarnation));
  }

  /** A sync failed, or was not answered: it is still to be done. */
  synchronized void unsynced(OsdId osd, Unsynced writes) {
    unsynced.merge(osd, writes, (known, more) -> known.and(more));
  }

  /** A write of that epoch succeeded. */
  synchronized void written(int epoch, long endOffset, FileTime now) {
    if (epoch == truncateEpoch && endOffset > sizeBytes) {
      sizeBytes = endOffset;
      sizeUnreported = true;
    }
    mtime = now;
    mtimeUnreported = true;
  }

  /** Takes over what the MRC says, after a truncate or a refresh. */
  synchronized void truncated(Attributes a) {
    if (a.truncateEpoch() > truncateEpoch) {
      truncateEpoch = a.truncateEpoch();
      sizeBytes = a.sizeBytes();
      mtime = a.mtime();
      sizeUnreported = false;
      mtimeUnreported = false;
    }
  }

  /** Times were set by hand; they win over those of earlier writes. */
  synchronized void timesSet(Attributes a) {
    mtime = a.mtime();
    mtimeUnreported = false;
  }

  /** The attributes as this client must see them. */
  synchronized Attributes overlay(Attributes a) {
    truncated(a);
    boolean ahead =
        sizeUnreported || mtimeUnreported || reporting || a.truncateEpoch() < truncateEpoch;
    if (a.truncateEpoch() == truncateEpoch && a.sizeBytes() > sizeBytes) {
      sizeBytes = a.sizeBytes();
    }
    if (!ahead && a.sizeBytes() == sizeBytes) {
      return a;
    }
    FileTime m = ahead ? mtime : a.mtime();
    FileTime c = m.compareTo(a.ctime()) > 0 ? m : a.ctime();
    return new Attributes(
        a.inode(),
        a.mode(),
        a.nlink(),
        a.uid(),
        a.gid(),
        a.rdev(),
        sizeBytes,
        truncateEpoch,
        a.atime(),
        m,
        c);
  }

  /**
   * Flushes of one file follow each other: who asks while one is under way must not be told that
   * there is nothing to do, for that one may still fail.
   */
  synchronized CompletionStage<Result<Done>> flushInTurn(
      Supplier<CompletionStage<Result<Done>>> flush) {
    flushing =
        flushing.toCompletableFuture().isDone()
            ? flush.get()
            : flushing.thenCompose(before -> flush.get());
    return flushing;
  }

  synchronized boolean isFlushing() {
    return !flushing.toCompletableFuture().isDone();
  }

  /** Hands over what is to be flushed; writes from now on are the next flush's. */
  synchronized Unflushed take(boolean withSync) {
    Map<OsdId, Unsynced> osds = withSync ? Map.copyOf(unsynced) : Map.of();
    if (withSync) {
      unsynced.clear();
    }
    Unflushed u =
        new Unflushed(osds, sizeUnreported || mtimeUnreported, truncateEpoch, sizeBytes, mtime);
    sizeUnreported = false;
    mtimeUnreported = false;
    reporting = u.report();
    return u;
  }

  synchronized void flushed() {
    reporting = false;
  }

  /** A flush failed: the report is still to be made. */
  synchronized void giveBack(Unflushed u) {
    reporting = false;
    if (u.report() && u.truncateEpoch() == truncateEpoch) {
      sizeUnreported = true;
      mtimeUnreported = true;
    }
  }
}
