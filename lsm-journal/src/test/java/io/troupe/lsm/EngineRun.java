package io.troupe.lsm;

import io.troupe.lsm.disk.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Drives an engine on one thread. */
final class EngineRun {

  /** Small enough that a few hundred batches meet every kind of file. */
  static final StoreOptions TINY =
      new StoreOptions(64 << 10, 3 << 10, 1 << 20, 8 << 10, 3, 1 << 10, 0, 0, 3);

  static final Background NONE =
      new Background() {
        @Override
        public void flush() {}

        @Override
        public void compact() {}

        @Override
        public void prepare() {}
      };

  private EngineRun() {}

  static Engine open(Disk disk, StoreOptions options) throws IOException {
    return Engine.open(disk, options, NONE, System::nanoTime);
  }

  /** Writes batches as one group, after the background work that it has to wait for. */
  static List<CompletableFuture<Long>> write(
      Engine engine, List<WriteBatch> batches, Durability durability) throws IOException {
    while (engine.mustWait()) {
      settle(engine);
    }
    List<Commit> group = new ArrayList<>();
    batches.forEach(batch -> group.add(new Commit(batch, durability, new CompletableFuture<>())));
    engine.write(group);
    return group.stream().map(Commit::done).toList();
  }

  /** Does all the background work that there is. */
  static void settle(Engine engine) throws IOException {
    while (engine.flush() == Engine.Step.MORE || engine.compact() == Engine.Step.MORE) {
      engine.prepare();
    }
  }
}
