package io.troupe.gateway.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Name;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.session.SessionEvent;
import io.troupe.actors.volume.MetadataDurability;
import io.troupe.actors.volume.RenameMode;
import io.troupe.gateway.io.BoundedIo;
import io.troupe.gateway.io.Patience;
import io.troupe.gateway.io.StripedIo;
import io.troupe.gateway.ports.Mrc;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Two writers, somebody who flushes and somebody who truncates, in any order of what happens: after
 * a flush that succeeded, all that had succeeded before it began is durable, and the MRC knows the
 * size.
 */
final class VolumeFileSystemSimTest {
  private static final ActorRef<SessionEvent> SESSION = TestInbox.<SessionEvent>create().getRef();
  private static final Name NAME = Name.of("f");
  private static final int CHANGES = 40;

  /** One run. */
  private static final class Run {
    final SimTimer sim;
    final SimCluster cluster;
    final VolumeFileSystem fs;
    final History history = new History();
    final List<Long> handles = new ArrayList<>();
    boolean truncates;
    boolean restarts;
    int flushesWell;
    final List<Throwable> failures = new ArrayList<>();

    Run(long seed) {
      sim = new SimTimer(seed);
      cluster = new SimCluster(sim);
      Patience patience = new Patience(sim, Duration.ofSeconds(5));
      fs =
          new VolumeFileSystem(
              new VolumeId(new UUID(0, 1)),
              cluster,
              new Mrc(cluster, patience, MetadataDurability.ALWAYS),
              new StripedIo(new BoundedIo(cluster, patience)),
              patience,
              SESSION,
              sim);
      open();
      open();
    }

    private void open() {
      CompletableFuture<Result<OpenedFile>> opened =
          fs.open(SimCluster.INODE, false).toCompletableFuture();
      sim.run();
      handles.add(opened.join().orThrow().handle());
    }

    /** One write after the other, or another change now and then. */
    void writer(int handle) {
      if (history.count() >= CHANGES) {
        return;
      }
      if (truncates && sim.random.nextInt(6) == 0) {
        truncate(handle);
        return;
      }
      int from = sim.random.nextInt(History.UNITS - 1);
      int to = Math.min(History.UNITS, from + 1 + sim.random.nextInt(30));
      History.Change c = history.write(from, to);
      byte[] bytes = new byte[(to - from) * History.UNIT];
      Arrays.fill(bytes, c.value);
      noting(
          fs.write(
                  handles.get(handle),
                  (long) from * History.UNIT,
                  MemorySegment.ofArray(bytes),
                  false)
              .thenAccept(
                  r -> {
                    assertExpected(r);
                    history.ended(c, r instanceof Result.Ok<Integer>);
                    sim.soon(() -> writer(handle));
                  }));
    }

    private void truncate(int handle) {
      int to = sim.random.nextInt(History.UNITS);
      History.Change c = history.truncate(to);
      long bytes = (long) to * History.UNIT;
      noting(
          (sim.random.nextBoolean()
                  ? fs.truncate(SimCluster.INODE, bytes)
                  : cluster.truncate(bytes))
              .thenAccept(
                  r -> {
                    if (r instanceof Result.Ok<?>) {
                      history.ended(c, true);
                    } // else whoever opens the file next may finish it
                    sim.soon(() -> writer(handle));
                  }));
    }

    void flusher() {
      long begun = history.tick();
      noting(
          fs.flush(handles.getFirst())
              .thenAccept(
                  r -> {
                    assertExpected(r);
                    if (r instanceof Result.Ok<?>) {
                      flushesWell++;
                      history.check(cluster, begun);
                    } else if (restarts) {
                      history.lostUntilNow();
                    }
                    if (history.count() < CHANGES) {
                      sim.soon(this::flusher);
                    }
                  }));
    }

    /** Other things that happen now and then. */
    void others() {
      if (history.count() >= CHANGES) {
        return;
      }
      if (sim.random.nextInt(4) == 0) {
        fs.report();
      }
      if (restarts && sim.random.nextInt(8) == 0) {
        cluster.osds.get(sim.random.nextInt(cluster.osds.size())).restart();
      }
      noting(fs.getAttributes(SimCluster.INODE).thenAccept(a -> sim.soon(this::others)));
    }

    void run() {
      sim.soon(() -> writer(0));
      sim.soon(() -> writer(1));
      sim.soon(this::flusher);
      sim.soon(this::others);
      // Somebody whose stage failed asks for nothing more, and the others would wait for it.
      while (failures.isEmpty() && sim.step()) {}
      assertThat(failures).isEmpty();
    }

    /** What fails in a stage that nobody looks at. */
    private void noting(CompletionStage<?> stage) {
      var unused =
          stage.exceptionally(
              e -> {
                failures.add(e);
                throw new CompletionException(e);
              });
    }

    /** Releases while messages may still get lost; then all is well again. */
    void end() {
      handles.forEach(h -> noting(fs.release(h)));
      fs.close();
      sim.run();
      cluster.lossPercent = 0;
      cluster.busyPercent = 0;
      for (int i = 0; i < 3 && !fs.isDone(); i++) {
        sim.pass(Duration.ofSeconds(1));
        fs.report();
        sim.run();
      }
      assertThat(failures).isEmpty();
      assertThat(fs.isDone()).isTrue();
    }

    private static void assertExpected(Result<?> r) {
      if (r instanceof Result.Failed<?> f) {
        assertThat(f.errno()).as(f.detail()).isEqualTo(Errno.EIO);
      }
    }
  }

  @Property(tries = 400, shrinking = ShrinkingMode.OFF)
  void flushesAreDurableWhateverGetsLost(@ForAll long seed) {
    Run run = new Run(seed);
    run.cluster.lossPercent = 3;
    run.cluster.busyPercent = 10;

    run.run();
    run.end();

    run.history.check(run.cluster, Long.MAX_VALUE);
  }

  @Property(tries = 400, shrinking = ShrinkingMode.OFF)
  void truncatesAndWritesHappenOneAfterTheOther(@ForAll long seed) {
    Run run = new Run(seed);
    run.truncates = true;
    run.cluster.lossPercent = 2;

    run.run();
    run.end();

    run.history.check(run.cluster, Long.MAX_VALUE);
  }

  @Property(tries = 400, shrinking = ShrinkingMode.OFF)
  void aFlushThatSucceedsHasLostNothingToARestart(@ForAll long seed) {
    Run run = new Run(seed);
    run.restarts = true;

    run.run();
    run.end();
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void aFileThatIsRenamedAndUnlinkedIsWrittenAsBefore(@ForAll long seed) {
    Run run = new Run(seed);
    run.sim.soon(() -> run.fs.rename(1, NAME, 1, Name.of("g"), RenameMode.REPLACE));
    run.sim.soon(() -> run.fs.unlink(1, NAME));

    run.run();

    assertThat(run.cluster.unlinked).isTrue();
    assertThat(run.flushesWell).isPositive();
    run.history.check(run.cluster, 0);
    run.end();
    assertThat(run.cluster.deleted).isTrue();
  }

  /** Applications that open, close and open again, while the MRC begins anew now and then. */
  private static final class Openers {
    final Run run;
    final List<Long> open = new ArrayList<>();
    int left = 60;

    Openers(Run run) {
      this.run = run;
      open.addAll(run.handles);
    }

    void next() {
      if (left-- <= 0) {
        return;
      }
      int what = run.sim.random.nextInt(8);
      if (what == 0) {
        run.cluster.restartMrc();
      }
      if (what < 3) {
        run.fs.report();
      }
      // Somebody always has the file open: that one is never closed.
      if (what < 5 || open.size() == 1) {
        run.noting(
            run.fs
                .open(SimCluster.INODE, false)
                .thenAccept(
                    r -> {
                      if (r instanceof Result.Ok<OpenedFile>(OpenedFile o)) {
                        open.add(o.handle());
                      }
                      run.sim.soon(this::next);
                    }));
      } else {
        run.noting(run.fs.release(open.removeLast()).thenAccept(r -> run.sim.soon(this::next)));
      }
    }

    /** All has been said. */
    void settle() {
      for (int i = 0; i < 4; i++) {
        run.fs.report();
        run.sim.run();
      }
    }
  }

  private static Openers openers(long seed, int lossPercent) {
    Run run = new Run(seed);
    Openers openers = new Openers(run);
    run.cluster.lossPercent = lossPercent;
    openers.next();
    openers.next();
    openers.next();
    run.sim.run();
    run.cluster.lossPercent = 0;
    openers.settle();
    assertThat(run.failures).isEmpty();
    return openers;
  }

  @Property(tries = 1_000, shrinking = ShrinkingMode.OFF)
  void aVolumeThatBeginsAnewComesToCountWhatIsOpen(@ForAll long seed) {
    Openers openers = openers(seed, 0);

    assertThat(openers.run.cluster.opens).isEqualTo(openers.open.size());
  }

  /** What is lost may leave an open too many, until the session ends; never one too few. */
  @Property(tries = 1_000, shrinking = ShrinkingMode.OFF)
  void noOpenIsForgottenWhateverGetsLost(@ForAll long seed) {
    Openers openers = openers(seed, 3);

    assertThat(openers.run.cluster.opens).isGreaterThanOrEqualTo(openers.open.size());
  }
}
