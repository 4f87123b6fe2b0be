package io.troupe.osd.store;

import io.troupe.actors.carry.CarryingThread;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.id.FileId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Makes changes durable: forces the segments that hold the new blocks, then commits the index
 * records. What came while the last group was forced is one group: one force, one commit. A file
 * has at most one commit under way, which bounds the queue by the number of replicas alive, and
 * leaves no two changes of one file whose order could matter. A change for which nothing is to be
 * forced goes to the index at once. Thread-safe.
 */
final class Syncer {
  /** An index commit carries more only where one request does: a larger one might never fit. */
  private static final long MAX_COMMIT_BYTES = 4 << 20;

  /** Changes of one file. */
  private record Request(
      Set<Integer> segments, IndexChange change, boolean reclaims, CompletableFuture<Void> done) {}

  private final Segments segments;
  private final ObjectIndex index;
  private final Executor thread;
  private final Map<FileId, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

  // Under the lock of this.
  private List<Request> waiting = new ArrayList<>();
  private boolean scheduled;
  private boolean closed;

  /**
   * @param thread one task after the other; they wait for the disk
   */
  Syncer(Segments segments, ObjectIndex index, Executor thread) {
    this.segments = segments;
    this.index = index;
    this.thread = thread;
  }

  /**
   * Begins to make changes durable.
   *
   * @param dirtySegments hold blocks that the changes refer to and the index does not know yet
   * @throws IllegalStateException if a commit of this file is under way
   */
  synchronized CompletionStage<Void> submit(
      Set<Integer> dirtySegments, IndexChange change, boolean reclaims) {
    Request r = new Request(dirtySegments, change, reclaims, new CompletableFuture<>());
    if (closed) {
      r.done().completeExceptionally(new IOException("the object store is closed"));
      return r.done();
    }
    if (underWay.putIfAbsent(change.file(), r.done()) != null) {
      throw new IllegalStateException("a commit of file " + change.file() + " is under way");
    }
    if (dirtySegments.isEmpty()) {
      commitTogether(List.of(r), reclaims);
      return r.done();
    }
    waiting.add(r);
    if (!scheduled) {
      scheduled = true;
      thread.execute(this::syncWaiting);
    }
    return r.done();
  }

  /** Waits until no commit of the file is under way, however it ends. */
  void awaitCommitOf(FileId file) {
    CompletableFuture<Void> commit = underWay.get(file);
    if (commit != null && !commit.isDone()) {
      CarryingThread.beforeWaiting(); // this thread may be the one that is to carry it out
      commit.handle((nothing, failure) -> true).join();
    }
  }

  private void syncWaiting() {
    List<Request> group;
    synchronized (this) {
      group = waiting;
      waiting = new ArrayList<>();
      scheduled = false;
    }
    try {
      List<Request> forced = force(group);
      // What only frees goes in a batch of its own: it is accepted on a full disk.
      commit(forced.stream().filter(Request::reclaims).toList(), true);
      commit(forced.stream().filter(r -> !r.reclaims()).toList(), false);
    } catch (RuntimeException e) {
      group.forEach(r -> finish(r, e)); // nobody may wait for ever
      throw e;
    }
  }

  /** A segment that cannot be forced fails those who depend on it, and nobody else. */
  private List<Request> force(List<Request> group) {
    Map<Integer, StoreFailure> failures = new HashMap<>();
    for (Request r : group) {
      for (int id : r.segments()) {
        if (!failures.containsKey(id)) {
          failures.put(id, forced(id));
        }
      }
    }
    List<Request> succeeded = new ArrayList<>(group.size());
    for (Request r : group) {
      Throwable failure = null;
      for (int id : r.segments()) {
        StoreFailure f = failures.get(id);
        failure = f == null ? failure : f;
      }
      if (failure == null) {
        succeeded.add(r);
      } else {
        finish(r, failure);
      }
    }
    return succeeded;
  }

  private @Nullable StoreFailure forced(int id) {
    try {
      segments.of(id).force();
      return null;
    } catch (IOException e) {
      return new StoreFailure(Errno.EIO, "segment " + id + ": " + e.getMessage(), e);
    } catch (StoreFailure e) {
      return e;
    }
  }

  private void commit(List<Request> requests, boolean reclaims) {
    List<Request> group = new ArrayList<>();
    long bytes = 0;
    for (Request r : requests) {
      if (!group.isEmpty() && bytes + r.change().bytes() > MAX_COMMIT_BYTES) {
        commitTogether(group, reclaims);
        group = new ArrayList<>();
        bytes = 0;
      }
      group.add(r);
      bytes += r.change().bytes();
    }
    if (!group.isEmpty()) {
      commitTogether(group, reclaims);
    }
  }

  private void commitTogether(List<Request> group, boolean reclaims) {
    index
        .commit(group.stream().map(Request::change).toList(), reclaims)
        .whenComplete((sequence, failure) -> group.forEach(r -> finish(r, failure)));
  }

  /** Completed last: who sees it done may begin the next commit of the file. */
  private void finish(Request r, @Nullable Throwable failure) {
    underWay.remove(r.change().file(), r.done());
    if (failure == null) {
      r.done().complete(null);
    } else {
      r.done().completeExceptionally(failure);
    }
  }

  /**
   * Takes nothing more, and waits for what is under way.
   *
   * @return false if that did not end in time
   */
  boolean close(long timeout, TimeUnit unit) throws InterruptedException {
    synchronized (this) {
      closed = true;
    }
    try {
      CompletableFuture.allOf(underWay.values().toArray(CompletableFuture<?>[]::new))
          .handle((nothing, failure) -> true)
          .get(timeout, unit);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException("handled", e);
    }
  }
}
