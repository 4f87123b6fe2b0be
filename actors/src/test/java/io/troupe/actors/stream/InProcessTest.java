package io.troupe.actors.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.VolumeId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client beside the server: by calls, with what holds for streams. */
@Timeout(30)
final class InProcessTest {
  private static final int WINDOW_BYTES = 2 << 20;
  private static final int WINDOW_REQUESTS = 4;
  private static final StreamSettings SETTINGS =
      new StreamSettings(
          Path.of("/dev/shm"),
          WINDOW_BYTES,
          WINDOW_REQUESTS,
          16,
          Duration.ofMillis(400),
          Duration.ofSeconds(2),
          Duration.ofSeconds(1),
          Duration.ofMillis(900),
          16);
  private static final FileId FILE = new FileId(new VolumeId(new UUID(1, 2)), 77);
  private static final long INCARNATION = 5;

  private record Taken(
      ObjectRequest request,
      StreamBuffer payload,
      ObjectStreamServer.Responder responder,
      Thread thread) {
    byte[] bytes() {
      return payload.segment().toArray(ValueLayout.JAVA_BYTE);
    }

    void ok(byte... bytes) {
      payload.close();
      responder.ok(MemorySegment.ofArray(bytes), INCARNATION);
    }
  }

  private final BlockingQueue<Taken> taken = new LinkedBlockingQueue<>();
  private final ObjectStreamClient client = ObjectStreamClient.startBesideServers(SETTINGS);
  private ObjectStreamServer server = start();

  private ObjectStreamServer start() {
    return ObjectStreamServer.start(
        SETTINGS,
        "127.0.0.1",
        (request, payload, responder) ->
            taken.add(new Taken(request, payload, responder, Thread.currentThread())));
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private CompletionStage<Result<Transfer>> write(MemorySegment bytes) {
    return client.write(
        server.endpoint(),
        new ObjectRequest(ObjectRequest.Kind.WRITE, FILE, 1, 0, (int) bytes.byteSize(), 0, 1),
        bytes);
  }

  private CompletionStage<Result<Transfer>> read(MemorySegment to) {
    return client.read(
        server.endpoint(),
        new ObjectRequest(ObjectRequest.Kind.READ, FILE, 1, 0, (int) to.byteSize(), 0, 1),
        to);
  }

  private static MemorySegment bytes(int... values) {
    byte[] all = new byte[values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) values[i];
    }
    return MemorySegment.ofArray(all);
  }

  private static Result<Transfer> get(CompletionStage<Result<Transfer>> s) throws Exception {
    return s.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static void assertFailed(Result<Transfer> r, Errno errno) {
    assertThat(r)
        .isInstanceOfSatisfying(Result.Failed.class, f -> assertThat(f.errno()).isEqualTo(errno));
  }

  @Test
  void theHandlerIsCalledOnTheThreadThatAsks() throws Exception {
    CompletionStage<Result<Transfer>> written = write(bytes(1, 2, 3));

    Taken t = taken.remove();
    assertThat(t.thread()).isSameAs(Thread.currentThread());
    assertThat(t.bytes()).containsExactly(1, 2, 3);
    t.ok();
    assertThat(get(written)).isEqualTo(Result.ok(new Transfer(3, INCARNATION)));
  }

  @Test
  void readsIntoTheMemoryOfTheRequest() throws Exception {
    MemorySegment to = bytes(0, 0);
    CompletionStage<Result<Transfer>> got = read(to);

    taken.remove().ok((byte) 8, (byte) 9);

    assertThat(get(got)).isEqualTo(Result.ok(new Transfer(2, INCARNATION)));
    assertThat(to.toArray(ValueLayout.JAVA_BYTE)).containsExactly(8, 9);
  }

  @Test
  void anAnswerOfAnotherLengthIsAFailure() throws Exception {
    CompletionStage<Result<Transfer>> got = read(bytes(0, 0));

    taken.remove().ok((byte) 8);

    assertFailed(get(got), Errno.EIO);
  }

  @Test
  void aHandlerMayAnswerAtOnce() throws Exception {
    server.close();
    server =
        ObjectStreamServer.start(
            SETTINGS,
            "127.0.0.1",
            (request, payload, responder) -> {
              payload.close();
              responder.ok(MemorySegment.NULL, INCARNATION);
            });

    for (int i = 0; i < 3 * WINDOW_REQUESTS; i++) {
      assertThat(get(write(bytes(i)))).isEqualTo(Result.ok(new Transfer(1, INCARNATION)));
    }
  }

  @Test
  void aHandlerThatThrowsIsAFailure() throws Exception {
    server.close();
    server =
        ObjectStreamServer.start(
            SETTINGS,
            "127.0.0.1",
            (request, payload, responder) -> {
              throw new IllegalStateException("on purpose");
            });

    assertFailed(get(write(bytes(1))), Errno.EIO);
  }

  @Test
  void noMoreUnderWayThanTheWindow() throws Exception {
    List<CompletionStage<Result<Transfer>>> all = new ArrayList<>();
    for (int i = 0; i < WINDOW_REQUESTS + 2; i++) {
      all.add(write(bytes(i)));
    }
    assertThat(taken).hasSize(WINDOW_REQUESTS);

    List<Byte> seen = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Taken t = taken.remove();
      seen.add(t.bytes()[0]);
      t.ok();
      assertThat(get(all.get(i))).isInstanceOf(Result.Ok.class);
    }

    assertThat(seen).containsExactly((byte) 0, (byte) 1, (byte) 2, (byte) 3, (byte) 4, (byte) 5);
  }

  @Test
  void moreThanTheQueueTakesAreRefused() throws Exception {
    for (int i = 0; i < WINDOW_REQUESTS + 16; i++) {
      var unused = write(bytes(i));
    }

    assertFailed(get(write(bytes(9))), Errno.EBUSY);
  }

  @Test
  void anAnswerAfterTheDeadlineTouchesNothing() throws Exception {
    MemorySegment to = bytes(0, 0);
    MemorySegment from = bytes(1, 1);
    CompletionStage<Result<Transfer>> got = read(to);
    CompletionStage<Result<Transfer>> written = write(from);

    assertFailed(get(got), Errno.EIO);
    assertFailed(get(written), Errno.EIO);
    from.fill((byte) 7);
    taken.remove().ok((byte) 8, (byte) 9);

    assertThat(to.toArray(ValueLayout.JAVA_BYTE)).containsExactly(0, 0);
    assertThat(taken.remove().bytes()).containsExactly(1, 1);
  }

  /** The server has all that it may hold, of requests that have failed. */
  private void fillUnanswered() throws Exception {
    for (int round = 0; round < 2; round++) {
      List<CompletionStage<Result<Transfer>>> all = new ArrayList<>();
      for (int i = 0; i < WINDOW_REQUESTS; i++) {
        all.add(write(bytes(i)));
      }
      for (CompletionStage<Result<Transfer>> s : all) {
        assertFailed(get(s), Errno.EIO);
      }
    }
  }

  @Test
  void whatTheServerKeepsAfterTheDeadlineIsBoundedAndItsAnswerMakesRoom() throws Exception {
    fillUnanswered();
    CompletionStage<Result<Transfer>> more = write(bytes(9));
    assertThat(taken).hasSize(2 * WINDOW_REQUESTS);

    taken.remove().ok();

    assertThat(taken).hasSize(2 * WINDOW_REQUESTS);
    taken.forEach(Taken::ok);
    assertThat(get(more)).isInstanceOf(Result.Ok.class);
  }

  @Test
  void aServerThatNeverAnswersIsUsedAnewAfterAWhile() throws Exception {
    List<Taken> forgotten = new ArrayList<>();
    CompletableFuture<Taken> served = new CompletableFuture<>();
    fillUnanswered();
    taken.drainTo(forgotten);
    while (taken.isEmpty()) {
      var answered = write(bytes(9));
      Taken t = taken.poll(300, TimeUnit.MILLISECONDS);
      if (t != null) {
        t.ok();
        assertThat(get(answered)).isInstanceOf(Result.Ok.class);
        served.complete(t);
        break;
      }
    }

    assertThat(served).isCompleted();
    assertThat(forgotten).hasSize(2 * WINDOW_REQUESTS);
  }

  @Test
  void aServerThatStopsIsNotCalledAnyMoreAndAnotherIs() throws Exception {
    StreamEndpoint old = server.endpoint();
    var first = write(bytes(1));
    taken.remove().ok();
    assertThat(get(first)).isInstanceOf(Result.Ok.class);

    server.close();
    assertFailed(
        get(
            client.write(
                old, new ObjectRequest(ObjectRequest.Kind.WRITE, FILE, 1, 0, 1, 0, 1), bytes(2))),
        Errno.EIO);
    assertThat(taken).isEmpty();

    server = start();
    var again = write(bytes(3));
    taken.remove().ok();
    assertThat(get(again)).isInstanceOf(Result.Ok.class);
  }
}
