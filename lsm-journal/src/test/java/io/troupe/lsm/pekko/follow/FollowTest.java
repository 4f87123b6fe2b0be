package io.troupe.lsm.pekko.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.pekko.Node;
import io.troupe.lsm.pekko.Pulled;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FollowTest {
  private static final String DISPATCHER = "pekko.actor.default-blocking-io-dispatcher";
  private static final Topic TOPIC = new Topic.OfTag("t");
  private static final int PAGE = 3;

  private static @Nullable Node started;

  private final Signals signals = new Signals();

  /** Numbers up to here are there; raised by tests. */
  private final AtomicLong written = new AtomicLong();

  @BeforeAll
  static void start(@TempDir Path directory) {
    started = Node.in(directory);
  }

  @AfterAll
  static void stop() {
    node().close();
  }

  private static Node node() {
    return Objects.requireNonNull(started);
  }

  private Page<Long> read(long position) {
    long end = Math.min(written.get(), position + PAGE);
    List<Long> found = LongStream.rangeClosed(position + 1, end).boxed().toList();
    return new Page<>(found, end, found.size() == PAGE ? Page.Then.READ_ON : Page.Then.WAIT);
  }

  private Source<Long, NotUsed> live(Pages<Long> pages, Duration refresh) {
    return Follow.source(
        () -> pages, 0, Optional.of(new Follow.Watch(signals, TOPIC, refresh)), DISPATCHER);
  }

  @Test
  void aSignalWakesAStreamThatWaits() {
    Pulled<Long> stream = Pulled.from(live(this::read, Duration.ofHours(1)), node().system());
    for (long n = 1; n <= 50; n++) {
      var next = stream.ask();
      written.set(n);
      signals.raise(TOPIC);
      assertThat(Pulled.await(next)).contains(n);
    }
    stream.cancel();
  }

  @Test
  void aLostSignalCostsNoMoreThanTheRefresh() {
    Pulled<Long> stream = Pulled.from(live(this::read, Duration.ofMillis(20)), node().system());
    var next = stream.ask();

    written.set(1);

    assertThat(Pulled.await(next)).contains(1L);
    stream.cancel();
  }

  @Test
  void readsNoFurtherAheadThanAFewPages() {
    AtomicLong taken = new AtomicLong();
    List<Long> ahead = new ArrayList<>();
    Pages<Long> endless =
        position -> {
          synchronized (ahead) {
            ahead.add(position - taken.get());
          }
          return new Page<>(
              LongStream.rangeClosed(position + 1, position + PAGE).boxed().toList(),
              position + PAGE,
              Page.Then.READ_ON);
        };
    Pulled<Long> stream = Pulled.from(live(endless, Duration.ofHours(1)), node().system());

    for (long n = 1; n <= 1_000; n++) {
      assertThat(stream.next()).isEqualTo(n);
      taken.set(n);
    }
    stream.cancel();

    // The buffer between two actors holds 16, the queue of the test a few.
    synchronized (ahead) {
      assertThat(ahead).hasSizeGreaterThan(300).allMatch(n -> n <= 16 + PAGE + 4);
    }
  }

  @Test
  void aLongStretchOfNothingCanBeCancelled() {
    Pages<Long> barren = position -> new Page<>(List.of(), position + 1, Page.Then.READ_ON);
    Pulled<Long> stream = Pulled.from(live(barren, Duration.ofHours(1)), node().system());
    var kit = new TestKit(node().system());
    stream.ask();
    kit.awaitCond(() -> !signals.isIdle());

    stream.cancel();

    kit.awaitCond(signals::isIdle);
  }

  @Test
  void aStreamOfWhatIsThereEnds() {
    written.set(7);

    assertThat(
            Pulled.all(
                Follow.source(() -> this::read, 0, Optional.empty(), DISPATCHER), node().system()))
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    assertThat(
            Pulled.all(
                Follow.source(() -> this::read, 7, Optional.empty(), DISPATCHER), node().system()))
        .isEmpty();
  }

  @Test
  void aFailedReadFailsTheStream() {
    Pages<Long> bad =
        position -> {
          throw new IllegalStateException("unreadable");
        };

    assertThat(
            Pulled.from(live(bad, Duration.ofHours(1)), node().system())
                .ask()
                .toCompletableFuture())
        .failsWithin(Node.LIMIT)
        .withThrowableThat()
        .withMessageContaining("unreadable");
  }
}
