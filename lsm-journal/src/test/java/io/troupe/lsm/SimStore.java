package io.troupe.lsm;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.group.GroupStore;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A store without threads: what is committed waits until {@link #write} is called. So a simulation
 * decides what happens when, and when it is too late.
 */
public final class SimStore implements GroupStore, AutoCloseable {

  private final Engine engine;
  private final ArrayDeque<Commit> queue = new ArrayDeque<>();
  private Consumer<WriteBatch> watcher = batch -> {};
  private boolean full;
  private boolean busy;

  private SimStore(Engine engine) {
    this.engine = engine;
  }

  public static SimStore open(Disk disk) throws IOException {
    return new SimStore(EngineRun.open(disk, EngineRun.TINY));
  }

  /** Is shown each batch that is taken. */
  public void watch(Consumer<WriteBatch> by) {
    watcher = by;
  }

  /** Whether it says that the disk is nearly full. */
  public void full(boolean now) {
    full = now;
  }

  /** Whether it says that its queue is full. */
  public void busy(boolean now) {
    busy = now;
  }

  public boolean hasQueued() {
    return !queue.isEmpty();
  }

  public Optional<IOException> failure() {
    return engine.failure();
  }

  /** Writes and completes the oldest so many batches as one group. */
  public void write(int count) {
    List<Commit> group = new ArrayList<>();
    while (group.size() < count && !queue.isEmpty()) {
      group.add(queue.remove());
    }
    if (group.isEmpty()) {
      return;
    }
    try {
      while (engine.failure().isEmpty() && engine.mustWait()) {
        EngineRun.settle(engine);
      }
    } catch (IOException e) {
      engine.fail(e);
    }
    engine.write(group);
  }

  /** Flushes and merges. */
  public void settle() {
    try {
      EngineRun.settle(engine);
    } catch (IOException e) {
      engine.fail(e);
    }
  }

  @Override
  public Index index(String name) {
    return engine.index(name);
  }

  @Override
  public CompletionStage<Long> commit(WriteBatch batch, Durability durability) {
    var commit = new Commit(batch, durability, new CompletableFuture<>());
    if (busy) {
      commit.fail(StoreException.Kind.OVERLOADED, "the simulated queue is full");
    } else if (full && batch.grows()) {
      commit.fail(StoreException.Kind.NO_SPACE, "the simulated disk is full");
    } else {
      watcher.accept(batch);
      queue.add(commit);
    }
    return commit.done();
  }

  @Override
  public long commitAndWait(WriteBatch batch, Durability durability) {
    var commit = new Commit(batch, durability, new CompletableFuture<>());
    watcher.accept(batch);
    queue.add(commit);
    write(queue.size());
    return commit.await();
  }

  @Override
  public Snapshot snapshot() {
    return engine.snapshot();
  }

  @Override
  public boolean hasRoom() {
    return !full;
  }

  @Override
  public void close() throws IOException {
    engine.close();
  }
}
