package io.troupe.actors.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.VolumeId;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ObjectStreamTest {
  private static final StreamSettings SETTINGS =
      new StreamSettings(
          Path.of("/dev/shm"),
          6 << 20,
          64,
          4096,
          Duration.ofSeconds(3),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofSeconds(1),
          1_024);
  private static final FileId FILE = new FileId(new VolumeId(new UUID(1, 2)), 77);

  private final ExecutorService disk = Executors.newFixedThreadPool(4);
  private final Map<Long, byte[]> stored = new ConcurrentHashMap<>();
  private final ObjectStreamClient client = ObjectStreamClient.start(SETTINGS);
  private ObjectStreamServer server = start();

  private ObjectStreamServer start() {
    return ObjectStreamServer.start(SETTINGS, "127.0.0.1", this::serve);
  }

  /** Keeps whole objects; object 13 fails, object 14 is never answered. */
  private void serve(
      ObjectRequest r, StreamBuffer payload, ObjectStreamServer.Responder responder) {
    disk.execute(
        () -> {
          if (r.object() == 14) {
            payload.close();
          } else if (r.object() == 13) {
            payload.close();
            responder.failed(Errno.ENOSPC, "object thirteen");
          } else if (r.kind() == ObjectRequest.Kind.WRITE) {
            stored.put(r.object(), payload.segment().toArray(ValueLayout.JAVA_BYTE));
            payload.close();
            responder.ok(MemorySegment.NULL, 0x1234_5678_9abc_def0L);
          } else {
            payload.close();
            MemorySegment all = MemorySegment.ofArray(stored.get(r.object()));
            responder.ok(all.asSlice(r.offsetInObject(), r.lengthBytes()), 0x1234_5678_9abc_def0L);
          }
        });
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
    disk.shutdownNow();
  }

  private StreamEndpoint endpoint(boolean sameHost) {
    StreamEndpoint e = server.endpoint();
    return sameHost ? e : new StreamEndpoint("elsewhere", e.driverDirectory(), e.udp());
  }

  private static ObjectRequest request(ObjectRequest.Kind kind, long object, int at, int length) {
    return new ObjectRequest(kind, FILE, object, at, length, 0, 1);
  }

  private static MemorySegment pattern(Arena arena, int length, int seed) {
    MemorySegment s = arena.allocate(length, 8);
    for (int i = 0; i < length; i++) {
      s.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31 + seed));
    }
    return s;
  }

  private static Result<Transfer> get(java.util.concurrent.CompletionStage<Result<Transfer>> s)
      throws Exception {
    return s.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void carriesObjectsBothWays(boolean sameHost) throws Exception {
    StreamEndpoint osd = endpoint(sameHost);
    try (Arena arena = Arena.ofShared()) {
      for (int length : new int[] {1, 4096, 65_536, 1 << 20}) {
        MemorySegment data = pattern(arena, length, length);
        assertThat(
                get(client.write(osd, request(ObjectRequest.Kind.WRITE, length, 0, length), data)))
            .isEqualTo(Result.ok(new Transfer(length, 0x1234_5678_9abc_def0L)));

        MemorySegment back = arena.allocate(length);
        assertThat(get(client.read(osd, request(ObjectRequest.Kind.READ, length, 0, length), back)))
            .isEqualTo(Result.ok(new Transfer(length, 0x1234_5678_9abc_def0L)));

        assertThat(data.mismatch(back)).isEqualTo(-1);
      }
    }
  }

  @Test
  void readsIntoHeapMemoryToo() throws Exception {
    byte[] data = new byte[100_000];
    data[99_999] = 7;
    get(
        client.write(
            endpoint(true),
            request(ObjectRequest.Kind.WRITE, 1, 0, data.length),
            MemorySegment.ofArray(data)));
    byte[] back = new byte[5];

    get(
        client.read(
            endpoint(true),
            request(ObjectRequest.Kind.READ, 1, 99_995, 5),
            MemorySegment.ofArray(back)));

    assertThat(back).containsExactly(0, 0, 0, 0, 7);
  }

  @Test
  void manyRequestsMoreThanTheWindowAllAnswered() throws Exception {
    AtomicInteger good = new AtomicInteger();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    try (Arena arena = Arena.ofShared()) {
      MemorySegment data = pattern(arena, 200_000, 3);
      for (int i = 0; i < 1_000; i++) {
        all.add(
            client
                .write(
                    endpoint(true),
                    request(ObjectRequest.Kind.WRITE, 100 + i % 10, 0, 200_000),
                    data)
                .thenAccept(r -> good.addAndGet(r instanceof Result.Ok<Transfer> ? 1 : 0))
                .toCompletableFuture());
      }
      CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new)).get(30, TimeUnit.SECONDS);
    }
    assertThat(good).hasValue(1_000);
  }

  @Test
  void failuresComeAsValues() throws Exception {
    Result<Transfer> r =
        get(
            client.read(
                endpoint(true),
                request(ObjectRequest.Kind.READ, 13, 0, 10),
                MemorySegment.ofArray(new byte[10])));

    assertThat(r).isEqualTo(Result.failed(Errno.ENOSPC, "object thirteen"));
  }

  @Test
  void anUnansweredRequestFailsInTime() throws Exception {
    Result<Transfer> r =
        get(
            client.read(
                endpoint(true),
                request(ObjectRequest.Kind.READ, 14, 0, 10),
                MemorySegment.ofArray(new byte[10])));

    assertThat(r)
        .isInstanceOfSatisfying(
            Result.Failed.class, f -> assertThat(f.errno()).isEqualTo(Errno.EIO));
  }

  @Test
  void aServerThatIsGoneFailsRequestsAndAnotherServes() throws Exception {
    byte[] data = {1, 2, 3};
    MemorySegment m = MemorySegment.ofArray(data);
    get(client.write(endpoint(true), request(ObjectRequest.Kind.WRITE, 1, 0, 3), m));
    StreamEndpoint old = endpoint(true);

    server.close();
    Result<Transfer> lost = get(client.write(old, request(ObjectRequest.Kind.WRITE, 1, 0, 3), m));
    server = start();
    Result<Transfer> again =
        get(client.write(endpoint(true), request(ObjectRequest.Kind.WRITE, 1, 0, 3), m));

    assertThat(lost).isInstanceOf(Result.Failed.class);
    assertThat(again).isEqualTo(Result.ok(new Transfer(3, 0x1234_5678_9abc_def0L)));
  }

  @Test
  void whatWaitsForAnOsdThatIsNotThereFailsInTime() throws Exception {
    StreamEndpoint nobody =
        new StreamEndpoint("elsewhere", "/nowhere", Addresses.freePort("127.0.0.1"));
    MemorySegment m = MemorySegment.ofArray(new byte[] {1, 2, 3});
    long begin = System.nanoTime();

    Result<Transfer> r = get(client.write(nobody, request(ObjectRequest.Kind.WRITE, 1, 0, 3), m));
    Duration took = Duration.ofNanos(System.nanoTime() - begin);

    assertThat(r)
        .isInstanceOfSatisfying(
            Result.Failed.class,
            f -> assertThat(f.detail()).startsWith("cannot connect to the OSD at 127.0.0.1:"));
    assertThat(took).isLessThan(SETTINGS.connectTimeout().plusSeconds(1));
  }

  @Test
  void oneAeronClientServesAllOfAProcess() throws Exception {
    int before = SharedAeron.count();
    MemorySegment m = MemorySegment.ofArray(new byte[] {1, 2, 3});

    get(client.write(endpoint(true), request(ObjectRequest.Kind.WRITE, 1, 0, 3), m));
    assertThat(SharedAeron.count()).isEqualTo(before);
    get(client.write(endpoint(false), request(ObjectRequest.Kind.WRITE, 1, 0, 3), m));
    assertThat(SharedAeron.count()).isEqualTo(before + 1);

    client.close();
    server.close();
    assertThat(SharedAeron.count()).isEqualTo(before - 1);
  }

  @Test
  void aRequestOutOfRangeIsRefusedWhereItIsMade() {
    MemorySegment m = MemorySegment.ofArray(new byte[3]);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> client.write(endpoint(true), request(ObjectRequest.Kind.WRITE, -1, 0, 3), m));
  }

  @Test
  void givesItsDirectoriesBack() {
    Path directory = Path.of(server.endpoint().driverDirectory());
    assertThat(directory).exists();

    server.close();

    assertThat(directory).doesNotExist();
  }
}
