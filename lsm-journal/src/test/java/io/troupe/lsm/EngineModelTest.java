package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.disk.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class EngineModelTest {

  private static final int KEYS = 120;

  private record Pinned(Snapshot snapshot, List<NavigableMap<byte[], byte[]>> contents) {}

  @Property(tries = 150)
  void holdsWhatASortedMapWouldHold(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    var disk = new SimDisk(seed, 1L << 30);
    var model = new Model();
    Engine engine = EngineRun.open(disk, EngineRun.TINY);
    List<Pinned> pins = new ArrayList<>();
    List<CompactionJob> jobs = new ArrayList<>(); // chosen, to be done in any order
    for (int step = 0; step < 300; step++) {
      switch (random.nextInt(40)) {
        case 0 -> engine.rotate();
        case 1, 2, 3 -> engine.flush();
        case 4, 5 -> engine.compact();
        case 6 -> {
          if (jobs.size() < 3 && random.nextBoolean()) {
            engine.compactor().begin().ifPresent(jobs::add);
          } else if (!jobs.isEmpty()) {
            engine.compactor().finish(jobs.remove(random.nextInt(jobs.size())));
          }
        }
        case 7 -> pins.add(new Pinned(engine.snapshot(), model.after(model.size())));
        case 8 -> {
          if (!pins.isEmpty()) {
            pins.remove(random.nextInt(pins.size())).snapshot().close();
          }
        }
        case 9 -> {
          if (random.nextInt(4) == 0) {
            pins.forEach(pin -> pin.snapshot().close());
            pins.clear();
            finish(engine, jobs);
            engine.close();
            engine = EngineRun.open(disk, EngineRun.TINY);
          }
        }
        case 10 -> {
          for (Pinned pin : pins) {
            Model.check(engine, pin.contents(), pin.snapshot().sequence(), random, KEYS);
          }
          Model.check(engine, model.after(model.size()), -1, random, KEYS);
        }
        default -> {
          if (engine.mustWait()) {
            finish(engine, jobs);
          }
          List<WriteBatch> group = new ArrayList<>();
          for (int left = 1 + random.nextInt(3); left > 0; left--) {
            group.add(model.next(random, engine, KEYS, 200));
          }
          Durability durability = random.nextBoolean() ? Durability.SYNC : Durability.OS;
          EngineRun.write(engine, group, durability)
              .forEach(done -> assertThat(done).isCompleted());
        }
      }
    }
    finish(engine, jobs);
    EngineRun.settle(engine);
    Model.check(engine, model.after(model.size()), -1, random, KEYS);
    for (Pinned pin : pins) {
      Model.check(engine, pin.contents(), pin.snapshot().sequence(), random, KEYS);
      pin.snapshot().close();
    }
    engine.close();
  }

  private static void finish(Engine engine, List<CompactionJob> jobs) throws IOException {
    for (CompactionJob job : jobs) {
      engine.compactor().finish(job);
    }
    jobs.clear();
  }
}
