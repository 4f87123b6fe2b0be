package io.troupe.actors.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Result;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.VolumeId;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class RequestWindowTest {
  private static final FileId FILE = new FileId(new VolumeId(new UUID(3, 4)), 5);
  private static final long SECOND = 1_000_000_000L;
  private static final int QUEUE = 10;
  private static final StreamSettings SETTINGS =
      new StreamSettings(
          Path.of("/none"),
          2 << 20,
          4,
          QUEUE,
          Duration.ofSeconds(5),
          Duration.ofSeconds(3),
          Duration.ofSeconds(3),
          Duration.ofSeconds(2),
          16);

  /** Keeps what was sent. */
  private static final class Wire implements Outgoing {
    final List<Frame> sent = new ArrayList<>();
    Sent next = Sent.DONE;

    @Override
    public Sent trySend(Frame frame, MemorySegment payload) {
      if (next == Sent.DONE) {
        sent.add(frame);
      }
      return next;
    }

    @Override
    public void close() {}
  }

  private final Wire wire = new Wire();
  private final RequestWindow window = new RequestWindow(1, SETTINGS);

  private static Pending read(int bytes) {
    return new Pending(
        new ObjectRequest(ObjectRequest.Kind.READ, FILE, 0, 0, bytes, 0, 0),
        MemorySegment.NULL,
        MemorySegment.ofArray(new byte[bytes]));
  }

  @Property(tries = 300)
  void neverMoreUnderWayThanGrantedAndNothingForgotten(@ForAll long seed) {
    Random random = new Random(seed);
    Wire out = new Wire();
    RequestWindow w = new RequestWindow(1, SETTINGS);
    int windowBytes = 1 << 20;
    int windowRequests = 1 + random.nextInt(6);
    List<Pending> accepted = new ArrayList<>();
    List<Pending> answered = new ArrayList<>();
    List<Long> correlations = new ArrayList<>();
    long now = 0;
    for (int step = 0; step < 200; step++) {
      now += random.nextInt(100_000_000);
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          Pending p = read(1 + random.nextInt(400_000));
          switch (w.submit(p, now)) {
            case UNDER_WAY, QUEUED -> accepted.add(p);
            case REFUSED, ENDED -> {}
          }
        }
        case 2 -> {
          out.next = Outgoing.Sent.DONE;
          w.open(out, windowBytes, windowRequests, now);
        }
        case 3 -> out.next = random.nextBoolean() ? Outgoing.Sent.FULL : Outgoing.Sent.DONE;
        default -> {
          if (!out.sent.isEmpty()) {
            long c = out.sent.remove(random.nextInt(out.sent.size())).correlation();
            w.finish(c, now).ifPresent(answered::add);
            correlations.add(c);
          }
        }
      }
      answered.addAll(w.expire(now));
      assertThat(w.bytesUnderWay()).isBetween(0, windowBytes);
      assertThat(w.requestsUnderWay()).isBetween(0, windowRequests);
    }
    answered.addAll(w.end());

    assertThat(correlations).doesNotHaveDuplicates();
    assertThat(answered).containsExactlyInAnyOrderElementsOf(accepted);
    assertThat(w.isEmpty()).isTrue();
  }

  @Test
  void waitsForAWindowAndThenGoesOutInOrder() {
    window.submit(read(10), 0);
    window.submit(read(20), 0);
    assertThat(wire.sent).isEmpty();

    window.open(wire, 1 << 20, 4, 0);

    assertThat(wire.sent).extracting(Frame::length).containsExactly(10, 20);
  }

  @Test
  void answersThatComeAtOnceDoNotNest() {
    int[] depth = {0, 0};
    Outgoing direct =
        new Outgoing() {
          @Override
          public Sent trySend(Frame frame, MemorySegment payload) {
            return Sent.GONE;
          }

          @Override
          public Sent trySend(long connection, long correlation, Pending p) {
            depth[0]++;
            depth[1] = Math.max(depth[0], depth[1]);
            window
                .finish(correlation, 0)
                .orElseThrow()
                .done()
                .complete(Result.ok(new Transfer(1, 1)));
            depth[0]--;
            return Sent.DONE;
          }

          @Override
          public void close() {}
        };
    List<Pending> all = new ArrayList<>();
    for (int i = 0; i < QUEUE; i++) {
      all.add(read(1));
      window.submit(all.get(i), 0);
    }

    window.open(direct, 1 << 20, 4, 0);

    assertThat(all).allMatch(p -> p.done().isDone());
    assertThat(depth[1]).isEqualTo(1);
    assertThat(window.isEmpty()).isTrue();
  }

  @Test
  void theQueueIsBoundedWhileConnecting() {
    for (int i = 0; i < QUEUE; i++) {
      assertThat(window.submit(read(1), 0)).isEqualTo(RequestWindow.Submitted.QUEUED);
    }

    assertThat(window.submit(read(1), 0)).isEqualTo(RequestWindow.Submitted.REFUSED);
  }

  @Test
  void whatWaitsForAConnectionHasADeadline() {
    Pending p = read(1);
    window.submit(p, 0);

    assertThat(window.expire(5 * SECOND)).isEmpty();
    assertThat(window.expire(5 * SECOND + 1)).containsExactly(p);
  }

  @Test
  void backPressureIsTriedAgainAndLostAfterADeadline() {
    window.open(wire, 1 << 20, 4, 0);
    wire.next = Outgoing.Sent.FULL;
    window.submit(read(1), 0);
    assertThat(window.isPressing()).isTrue();

    window.pump(2 * SECOND);
    assertThat(window.isLost(2 * SECOND)).isFalse();
    assertThat(window.isLost(2 * SECOND + 1)).isTrue();

    wire.next = Outgoing.Sent.DONE;
    window.pump(3 * SECOND);
    assertThat(wire.sent).hasSize(1);
    assertThat(window.isLost(9 * SECOND)).isFalse();
    assertThat(window.isPressing()).isFalse();
  }

  @Test
  void aClosedStreamIsLostAtOnceAndNoRequestForgotten() {
    window.open(wire, 1 << 20, 4, 0);
    Pending sent = read(1);
    window.submit(sent, 0);
    wire.next = Outgoing.Sent.GONE;
    Pending unsent = read(2);
    window.submit(unsent, 0);

    assertThat(window.isLost(0)).isTrue();
    assertThat(window.end()).containsExactlyInAnyOrder(sent, unsent);
    assertThat(window.submit(read(1), 0)).isEqualTo(RequestWindow.Submitted.ENDED);
  }
}
