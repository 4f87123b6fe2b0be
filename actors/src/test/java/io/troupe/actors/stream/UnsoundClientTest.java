package io.troupe.actors.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.Publication;
import io.aeron.Subscription;
import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.VolumeId;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever one client does, the server goes on to serve others. */
final class UnsoundClientTest {
  private static final FileId FILE = new FileId(new VolumeId(new UUID(1, 2)), 77);
  private static final int REPLIES = 12_345;
  private static final long ID = 99;
  private static final StreamSettings SETTINGS =
      new StreamSettings(
          Path.of("/dev/shm"),
          2 << 20,
          4,
          64,
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofSeconds(1),
          Duration.ofMillis(300),
          2);

  private final MemorySegment content = MemorySegment.ofArray(new byte[1 << 20]);
  private final AtomicLong slowest = new AtomicLong();
  private final ObjectStreamServer server =
      ObjectStreamServer.start(SETTINGS, "127.0.0.1", this::serve);
  private final SharedAeron aeron = SharedAeron.of(server.endpoint().driverDirectory());
  private final Publication publication =
      aeron.aeron().addExclusivePublication("aeron:ipc", ObjectStreamServer.REQUEST_STREAM);
  private final Sender sender = new Sender(publication, Wakeups.Key.ofDriver("none"));
  private final Subscription replies = aeron.aeron().addSubscription("aeron:ipc", REPLIES);
  private final List<Frame> heard = new ArrayList<>();
  private final Assembly assembly =
      new Assembly(
          (frame, session) -> {
            heard.add(frame);
            return Optional.empty();
          });

  /** On the thread that takes requests in: nothing may block it. */
  private void serve(ObjectRequest r, StreamBuffer p, ObjectStreamServer.Responder responder) {
    p.close();
    long begin = System.nanoTime();
    if (r.kind() == ObjectRequest.Kind.READ) {
      responder.ok(content.asSlice(0, r.lengthBytes()), 0x1234_5678_9abc_def0L);
    } else {
      responder.ok(MemorySegment.NULL, 0x1234_5678_9abc_def0L);
    }
    slowest.accumulateAndGet(System.nanoTime() - begin, Math::max);
  }

  @AfterEach
  void stop() {
    aeron.close();
    server.close();
  }

  private static void until(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      LockSupport.parkNanos(200_000);
    }
  }

  private void send(Frame frame, MemorySegment payload) {
    until(() -> sender.trySend(frame, payload) == Outgoing.Sent.DONE);
  }

  private void hello(long id, String channel) {
    MemorySegment text = Frame.text(channel);
    send(Frame.control(Frame.Kind.HELLO, id, REPLIES, 0, text), text);
  }

  private boolean hears(Frame.Kind kind) {
    replies.poll(assembly, 10);
    return heard.stream().anyMatch(f -> f.kind() == kind);
  }

  private void connect() {
    until(
        () -> {
          hello(ID, "aeron:ipc");
          return hears(Frame.Kind.WELCOME);
        });
  }

  private static Frame read(int bytes, long correlation) {
    return Frame.request(
        ID,
        correlation,
        new ObjectRequest(ObjectRequest.Kind.READ, FILE, 0, 0, bytes, 0, 0),
        MemorySegment.NULL);
  }

  private void assertServesOthers() throws Exception {
    try (ObjectStreamClient sound = ObjectStreamClient.start(SETTINGS)) {
      Result<Transfer> r =
          sound
              .read(
                  server.endpoint(),
                  new ObjectRequest(ObjectRequest.Kind.READ, FILE, 0, 0, 100, 0, 0),
                  MemorySegment.ofArray(new byte[100]))
              .toCompletableFuture()
              .get(5, TimeUnit.SECONDS);
      assertThat(r).isEqualTo(Result.ok(new Transfer(100, 0x1234_5678_9abc_def0L)));
    }
  }

  @Test
  void malformedFramesArePassedOver() throws Exception {
    connect();
    UnsafeBuffer raw = new UnsafeBuffer(new byte[Frame.BYTES]);
    read(100, 1).encode(raw);
    int[][] flaws = {{0, 9}, {1, 8}, {1, 200}, {75, 0xff}, {59, 0xff}, {63, 0xff}, {55, 0xff}};
    for (int[] flaw : flaws) {
      UnsafeBuffer b = new UnsafeBuffer(new byte[Frame.BYTES]);
      b.putBytes(0, raw, 0, Frame.BYTES);
      b.putByte(flaw[0], (byte) flaw[1]);
      until(() -> publication.offer(b, 0, Frame.BYTES) > 0);
    }
    until(() -> publication.offer(raw, 0, 10) > 0);
    heard.clear();

    send(read(100, 7), MemorySegment.NULL);

    until(() -> hears(Frame.Kind.REPLY));
    assertThat(heard).filteredOn(f -> f.kind() == Frame.Kind.REPLY).hasSize(1);
    assertThat(heard.getLast().correlation()).isEqualTo(7);
    assertServesOthers();
  }

  @Test
  void aDamagedPayloadIsAnsweredAndForgotten() throws Exception {
    connect();
    MemorySegment payload = MemorySegment.ofArray(new byte[100]);
    Frame f =
        Frame.request(
            ID, 3, new ObjectRequest(ObjectRequest.Kind.WRITE, FILE, 0, 0, 100, 0, 0), payload);
    UnsafeBuffer b = new UnsafeBuffer(new byte[Frame.BYTES + 100]);
    f.encode(b);
    b.putInt(76, f.payloadChecksum() ^ 1, ByteOrder.LITTLE_ENDIAN);

    // More often than the window allows: each gives its credit back.
    for (int i = 0; i < 20; i++) {
      heard.clear();
      until(() -> publication.offer(b, 0, b.capacity()) > 0);
      until(() -> hears(Frame.Kind.REPLY));
      assertThat(heard.getLast().errno()).isEqualTo(Errno.EIO.code());
    }
    assertServesOthers();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aeron:udp?endpoint=127.0.0.1:40123",
        "aeron:ipc?term-length=1073741824",
        "aeron-spy:aeron:ipc",
        "nonsense"
      })
  void helloWithAnotherChannelIsRefused(String channel) throws Exception {
    hello(ID, channel);
    hello(ID, channel);

    assertServesOthers();
    assertThat(hears(Frame.Kind.WELCOME)).isFalse();
  }

  @Test
  void moreClientsThanAllowedAreRefusedUntilOthersLeave() throws Exception {
    connect();
    StreamEndpoint osd = server.endpoint();
    ObjectRequest request = new ObjectRequest(ObjectRequest.Kind.READ, FILE, 0, 0, 100, 0, 0);
    MemorySegment memory = MemorySegment.ofArray(new byte[100]);
    try (ObjectStreamClient second = ObjectStreamClient.start(SETTINGS);
        ObjectStreamClient third = ObjectStreamClient.start(SETTINGS)) {
      assertThat(second.read(osd, request, memory).toCompletableFuture().get(5, TimeUnit.SECONDS))
          .isEqualTo(Result.ok(new Transfer(100, 0x1234_5678_9abc_def0L)));
      assertThat(third.read(osd, request, memory).toCompletableFuture().get(5, TimeUnit.SECONDS))
          .isInstanceOf(Result.Failed.class);

      Frame bye = Frame.control(Frame.Kind.BYE, ID, 0, 0, MemorySegment.NULL);
      send(bye, MemorySegment.NULL);

      until(
          () ->
              third.read(osd, request, memory).toCompletableFuture().join()
                  instanceof Result.Ok<Transfer>);
    }
  }

  @Test
  void aClientThatTakesNothingInIsGivenUpAndHoldsUpNobody() throws Exception {
    connect();
    // Eight replies of 1 MiB fill its stream; more have to wait at the server.
    for (int i = 0; i < 40; i++) {
      send(read(1 << 20, i), MemorySegment.NULL);
    }

    assertServesOthers();
    assertThat(slowest.get()).isLessThan(TimeUnit.MILLISECONDS.toNanos(250));
    until(
        () -> {
          // Only now it takes in what is there: in the end its stream is closed.
          replies.poll(assembly, 1);
          return replies.hasNoImages();
        });
    assertServesOthers();
  }
}
