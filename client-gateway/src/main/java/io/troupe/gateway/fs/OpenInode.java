package io.troupe.gateway.fs;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.volume.FileDescription;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What this client knows of a file that it has open and the MRC may not know yet: how far its
 * writes reach, when they were made, which OSDs have not synced them. Shared by all handles of the
 * file. Thread-safe; no I/O.
 */
final class OpenInode {
  private final FileId file;
  private XLocSet xlocs;
  private int handles;
  private long sizeBytes;
  private int truncateEpoch;

  /** The newest epoch of which all OSDs are known to have cut: writes may carry it. */
  private int cutEpoch;

  private FileTime mtime;
  private boolean sizeUnreported;
  private boolean mtimeUnreported;
  private final Map<OsdId, Unsynced> unsynced = new HashMap<>();

  /** What was taken to be reported is not known to have arrived. */
  private boolean reporting;

  private int writesUnderWay;
  private int losses;

  /** When the last handle went. */
  private @Nullable Instant releasedAt;

  /** The last in the queue of flushes. */
  private Turn last = Turn.over();

  private static final class Turn {
    final Flushing how;
    boolean begun;
    final CompletableFuture<Result<Done>> done = new CompletableFuture<>();

    Turn(Flushing how) {
      this.how = how;
    }

    /** Others may wait for this one instead of one of their own. */
    boolean serves(Flushing wanted) {
      return !begun && how.syncsBytes() && wanted.syncsBytes() && wanted.isIn(how);
    }

    static Turn over() {
      Turn t = new Turn(Flushing.REPORT);
      t.done.complete(Result.ok(Done.DONE));
      return t;
    }
  }

  /**
   * What a write needs to know.
   *
   * @param ready false where a truncate was seen of which some OSDs may not have cut yet: they
   *     would take the write in and cut it off afterwards
   * @param losses see {@link #lossTold}
   */
  record Target(XLocSet xlocs, int epoch, boolean ready, int losses) {}

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
    this.cutEpoch = d.truncatePending() ? truncateEpoch - 1 : truncateEpoch;
    this.mtime = d.attributes().mtime();
  }

  FileId file() {
    return file;
  }

  synchronized Target target() {
    return new Target(xlocs, cutEpoch, cutEpoch >= truncateEpoch, losses);
  }

  /** Takes over what is new in what the MRC says of the file. */
  synchronized void described(FileDescription d) {
    truncated(d.attributes());
    if (!d.truncatePending()) {
      cutEpoch = Math.max(cutEpoch, d.attributes().truncateEpoch());
    }
    d.xlocs().filter(x -> x.version() > xlocs.version()).ifPresent(x -> xlocs = x);
  }

  synchronized void handleAdded() {
    handles++;
    releasedAt = null;
  }

  synchronized void handleGone(Instant now) {
    if (--handles == 0) {
      releasedAt = now;
    }
  }

  /** When the last handle went; empty while there is one. */
  synchronized Optional<Instant> releasedAt() {
    return Optional.ofNullable(releasedAt);
  }

  /** Nothing is left to be flushed or reported. */
  synchronized boolean isClean() {
    return unsynced.isEmpty()
        && !sizeUnreported
        && !mtimeUnreported
        && writesUnderWay == 0
        && !isFlushing();
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
    writesUnderWay++;
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

  /**
   * A flush tells that an OSD lost writes. A write of which that OSD had its part already and
   * others had not was under way then: its own caller has to be told, too.
   */
  synchronized void lossTold() {
    losses++;
  }

  synchronized boolean lostSince(Target t) {
    return losses != t.losses();
  }

  /** Of each write that was begun, whatever it came to. */
  synchronized void writeEnded() {
    writesUnderWay--;
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
   *
   * @param how where it syncs it covers all that was done before it begins, so that who asks for no
   *     more in the meantime gets the same: nobody waits for more than three
   */
  CompletionStage<Result<Done>> flushInTurn(
      Flushing how, Supplier<CompletionStage<Result<Done>>> flush) {
    Turn before;
    Turn mine;
    synchronized (this) {
      before = last;
      if (before.serves(how)) {
        return before.done;
      }
      mine = new Turn(how);
      last = mine;
    }
    var unused = before.done.whenComplete((result, failure) -> begin(mine, flush));
    return mine.done;
  }

  private void begin(Turn turn, Supplier<CompletionStage<Result<Done>>> flush) {
    synchronized (this) {
      turn.begun = true;
    }
    flush
        .get()
        .whenComplete(
            (result, failure) -> {
              if (failure == null) {
                turn.done.complete(result);
              } else {
                turn.done.completeExceptionally(failure);
              }
            });
  }

  synchronized boolean isFlushing() {
    return !last.done.isDone();
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
