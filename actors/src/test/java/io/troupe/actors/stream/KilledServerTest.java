package io.troupe.actors.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.VolumeId;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KilledServerTest {
  private static final FileId FILE = new FileId(new VolumeId(new UUID(1, 2)), 77);

  /** Silence or, on one host, sooner: and far less than the request's own timeout. */
  private static final Duration BOUND = ServerProcess.SETTINGS.silence().plusSeconds(1);

  private static CompletableFuture<Result<Transfer>> write(
      ObjectStreamClient client, StreamEndpoint osd, long object) {
    MemorySegment data = MemorySegment.ofArray(new byte[10_000]);
    ObjectRequest request =
        new ObjectRequest(ObjectRequest.Kind.WRITE, FILE, object, 0, 10_000, 0, 1);
    return client.write(osd, request, data).toCompletableFuture();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatWasUnderWayFailsInTimeAndAnotherServerServes(boolean sameHost) throws Exception {
    try (ObjectStreamClient client = ObjectStreamClient.start(ServerProcess.SETTINGS);
        ServerProcess server = ServerProcess.start();
        ServerProcess other = ServerProcess.start()) {
      StreamEndpoint osd = server.endpoint(sameHost);
      assertThat(write(client, osd, 1).get(5, TimeUnit.SECONDS))
          .isEqualTo(Result.ok(new Transfer(10_000, 0x1234_5678_9abc_def0L)));
      List<CompletableFuture<Result<Transfer>>> underWay = new ArrayList<>();
      // More than the window, so that some are queued.
      for (int i = 0; i < 100; i++) {
        underWay.add(write(client, osd, ServerProcess.SILENT_OBJECT));
      }

      server.kill();
      long killed = System.nanoTime();
      for (CompletableFuture<Result<Transfer>> f : underWay) {
        assertThat(f.get(10, TimeUnit.SECONDS))
            .isInstanceOfSatisfying(
                Result.Failed.class, r -> assertThat(r.errno()).isEqualTo(Errno.EIO));
      }
      assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(BOUND);

      // What was left behind by the dead is found to be dead within the time to connect.
      assertThat(write(client, osd, 1).get(3, TimeUnit.SECONDS)).isInstanceOf(Result.Failed.class);
      assertThat(write(client, other.endpoint(sameHost), 1).get(5, TimeUnit.SECONDS))
          .isEqualTo(Result.ok(new Transfer(10_000, 0x1234_5678_9abc_def0L)));
    }
  }

  @Test
  void theDirectoryOfADeadDriverIsRefusedAtOnce() throws Exception {
    try (ObjectStreamClient client = ObjectStreamClient.start(ServerProcess.SETTINGS);
        ServerProcess server = ServerProcess.start()) {
      server.kill();

      Result<Transfer> r = write(client, server.endpoint(true), 1).get(1, TimeUnit.SECONDS);

      assertThat(r)
          .isInstanceOfSatisfying(
              Result.Failed.class,
              f ->
                  assertThat(f.detail())
                      .startsWith("cannot connect to the OSD at 127.0.0.1:")
                      .contains("process has ended"));
    }
  }
}
