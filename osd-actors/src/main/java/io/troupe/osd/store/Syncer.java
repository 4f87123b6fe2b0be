package io.troupe.osd.store;

import io.troupe.lsm.Durability;
import io.troupe.lsm.Store;
import io.troupe.lsm.WriteBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes changes durable: forces the segments that hold the new blocks, then commits the index
 * records. What came while the last group was synced is one group: one force, one commit. A file
 * has at most one sync under way, which bounds the queue by the number of replicas alive.
 */
final class Syncer implements AutoCloseable {
  /** Index changes of one file. */
  record Request(
      Set<Integer> segments,
      Consumer<WriteBatch> changes,
      boolean reclaims,
      List<Long> freed,
      CompletableFuture<Void> done) {}

  private static final Request END =
      new Request(Set.of(), b -> {}, false, List.of(), new CompletableFuture<>());

  private final Segments segments;
  private final Store store;
  private final LinkedBlockingQueue<Request> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  Syncer(Segments segments, Store store) {
    this.segments = segments;
    this.store = store;
    this.thread = Thread.ofPlatform().name("osd-sync").daemon().start(this::run);
  }

  CompletionStage<Void> submit(
      Set<Integer> dirtySegments,
      Consumer<WriteBatch> changes,
      boolean reclaims,
      List<Long> freed) {
    Request r = new Request(dirtySegments, changes, reclaims, freed, new CompletableFuture<>());
    if (closed) {
      r.done().completeExceptionally(new IOException("the object store is closed"));
    } else {
      queue.add(r);
    }
    return r.done();
  }

  private void run() {
    List<Request> group = new ArrayList<>();
    while (true) {
      group.clear();
      try {
        group.add(queue.take());
      } catch (InterruptedException e) {
        return;
      }
      queue.drainTo(group);
      boolean end = group.remove(END);
      // What only frees goes in a batch of its own: it is accepted on a full disk.
      sync(group.stream().filter(Request::reclaims).toList(), true);
      sync(group.stream().filter(r -> !r.reclaims()).toList(), false);
      if (end) {
        return;
      }
    }
  }

  private void sync(List<Request> group, boolean reclaims) {
    if (group.isEmpty()) {
      return;
    }
    try {
      Set<Integer> dirty = new HashSet<>();
      group.forEach(r -> dirty.addAll(r.segments()));
      for (int id : dirty) {
        segments.of(id).force();
      }
    } catch (IOException | StoreFailure e) {
      group.forEach(r -> r.done().completeExceptionally(e));
      return;
    }
    WriteBatch batch = new WriteBatch();
    group.forEach(r -> r.changes().accept(batch));
    if (batch.size() == 0) {
      group.forEach(r -> finish(r, null));
      return;
    }
    if (reclaims) {
      batch.reclaiming();
    }
    store
        .commit(batch, Durability.SYNC)
        .whenComplete((sequence, failure) -> group.forEach(r -> finish(r, failure)));
  }

  private void finish(Request r, @Nullable Throwable failure) {
    if (failure != null) {
      r.done().completeExceptionally(failure);
      return;
    }
    segments.free(r.freed());
    r.done().complete(null);
  }

  @Override
  public void close() {
    closed = true;
    queue.add(END);
    try {
      thread.join(30_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
