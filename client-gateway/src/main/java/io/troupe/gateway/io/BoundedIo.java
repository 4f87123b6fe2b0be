package io.troupe.gateway.io;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.stream.ObjectRequest;
import io.troupe.actors.stream.Transfer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one file's requests to one OSD below what its Replica takes in, and waits where it refuses
 * one all the same because other clients use the file, too.
 */
public final class BoundedIo implements ObjectIo {
  /** An eighth of the OSD's limit, {@code troupe.osd.max-waiting}, which all clients share. */
  static final int MAX_UNDER_WAY = 125;

  /** Behind those; more are refused. The callers hold their memory. */
  static final int MAX_WAITING = 4096;

  private final ObjectIo below;
  private final Patience patience;
  private final Map<Key, Gate> gates = new ConcurrentHashMap<>();

  public BoundedIo(ObjectIo below, Patience patience) {
    this.below = below;
    this.patience = patience;
  }

  private record Key(FileId file, OsdId osd) {}

  /** Changed only while the map computes its key; gone when nothing is under way. */
  private static final class Gate {
    int underWay;
    boolean draining;
    final Queue<Waiting> waiting = new ArrayDeque<>(0);
  }

  /**
   * @param claimed by whoever sends it, or lets it fail because it waited too long
   */
  private record Waiting(
      ObjectRequest request,
      MemorySegment memory,
      AtomicBoolean claimed,
      CompletableFuture<Result<Transfer>> done) {}

  private enum Entry {
    SENT,
    WAITS,
    REFUSED
  }

  @Override
  public CompletionStage<Result<Transfer>> transfer(
      OsdId osd, ObjectRequest request, MemorySegment memory) {
    Key key = new Key(request.file(), osd);
    Waiting mine = new Waiting(request, memory, new AtomicBoolean(), new CompletableFuture<>());
    switch (enter(key, mine)) {
      case SENT -> send(key, mine);
      case WAITS -> patience.timer().after(patience.limit(), () -> expire(osd, mine));
      case REFUSED ->
          mine.done()
              .complete(
                  Result.failed(Errno.EIO, "too many requests of one file wait for OSD " + osd));
    }
    return mine.done();
  }

  private Entry enter(Key key, Waiting w) {
    Entry[] entry = {Entry.REFUSED};
    gates.compute(
        key,
        (k, known) -> {
          Gate g = known == null ? new Gate() : known;
          if (g.underWay < MAX_UNDER_WAY && g.waiting.isEmpty()) {
            g.underWay++;
            entry[0] = Entry.SENT;
          } else if (g.waiting.size() < MAX_WAITING) {
            g.waiting.add(w);
            entry[0] = Entry.WAITS;
          }
          return g;
        });
    return entry[0];
  }

  private static void expire(OsdId osd, Waiting w) {
    if (w.claimed().compareAndSet(false, true)) {
      w.done()
          .complete(
              Result.failed(
                  Errno.EIO, "earlier requests of the file are not answered by OSD " + osd));
    }
  }

  /** Keeps its place among those under way while it waits for a busy OSD. */
  private void send(Key key, Waiting w) {
    patience
        .whileBusy(() -> below.transfer(key.osd(), w.request(), w.memory()))
        .whenComplete(
            (result, failure) -> {
              leave(key);
              if (failure == null) {
                w.done().complete(result);
              } else {
                w.done().completeExceptionally(failure);
              }
            });
  }

  private void leave(Key key) {
    gates.computeIfPresent(
        key,
        (k, g) -> {
          g.underWay--;
          return g.underWay == 0 && g.waiting.isEmpty() && !g.draining ? null : g;
        });
    for (Waiting next = next(key); next != null; next = next(key)) {
      if (next.claimed().compareAndSet(false, true)) {
        send(key, next);
      } else {
        gates.computeIfPresent(
            key,
            (k, g) -> {
              g.underWay--;
              return g;
            });
      }
      drained(key);
    }
  }

  /**
   * One thread at a time takes from the queue, in a loop: answers that come at once would else nest
   * as deep as the queue is long.
   */
  private @Nullable Waiting next(Key key) {
    Waiting[] next = new Waiting[1];
    gates.computeIfPresent(
        key,
        (k, g) -> {
          if (!g.draining && g.underWay < MAX_UNDER_WAY && !g.waiting.isEmpty()) {
            next[0] = g.waiting.remove();
            g.underWay++;
            g.draining = true;
          }
          return g.underWay == 0 && g.waiting.isEmpty() && !g.draining ? null : g;
        });
    return next[0];
  }

  private void drained(Key key) {
    gates.computeIfPresent(
        key,
        (k, g) -> {
          g.draining = false;
          return g.underWay == 0 && g.waiting.isEmpty() ? null : g;
        });
  }

  /** Files and OSDs that something is under way to. */
  int active() {
    return gates.size();
  }
}
