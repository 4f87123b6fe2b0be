package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that writes as fast as it can is ended with SIGKILL, several times over the same store.
 */
class KillTest {

  private static final int ROUNDS = 3;
  private static final int ACKNOWLEDGED_BEFORE_THE_KILL = 20_000;

  @TempDir Path directory;

  @Test
  void keepsWhatWasAcknowledgedWhenTheProcessIsKilled() throws Exception {
    long acknowledged = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Process writer = start();
      try (var lines =
          new BufferedReader(
              new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
        long target = acknowledged + ACKNOWLEDGED_BEFORE_THE_KILL;
        while (acknowledged < target) {
          String line = lines.readLine();
          assertThat(line).isNotNull();
          acknowledged = Long.parseLong(line);
        }
        assertThat(writer.toHandle().destroyForcibly()).isTrue();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          acknowledged = Long.parseLong(line);
        }
      }
      assertThat(writer.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(writer.exitValue()).isEqualTo(137);
      acknowledged = check(acknowledged);
    }
  }

  /**
   * All that was acknowledged is there, nothing in between is missing, and both indices agree.
   * Returns what is there.
   */
  private long check(long acknowledged) throws IOException {
    try (Store store = Store.open(directory, StoreOptions.small())) {
      long count = 0;
      try (Cursor forward = store.cursor(store.index("forward"), KeyRange.all());
          Cursor backward = store.cursorReverse(store.index("backward"), KeyRange.all())) {
        while (forward.next()) {
          assertThat(backward.next()).isTrue();
          count++;
          assertThat(ByteBuffer.wrap(forward.key()).getLong()).isEqualTo(count);
          assertThat(ByteBuffer.wrap(backward.value()).getLong()).isEqualTo(count);
        }
        assertThat(backward.next()).isFalse();
      }
      assertThat(count).isGreaterThanOrEqualTo(acknowledged);
      return count;
    }
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            KillTest.Writer.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Commits number after number into two indices and prints what was acknowledged. */
  public static final class Writer {

    private Writer() {}

    public static void main(String[] args) throws Exception {
      // Not closed: the process does not get to it.
      @SuppressWarnings("resource")
      Store store = Store.open(Path.of(args[0]), StoreOptions.small());
      Index forward = store.index("forward");
      Index backward = store.index("backward");
      long number = 0;
      try (Cursor last = store.cursorReverse(forward, KeyRange.all())) {
        if (last.next()) {
          number = ByteBuffer.wrap(last.key()).getLong();
        }
      }
      List<java.util.concurrent.CompletableFuture<Long>> window = new ArrayList<>();
      while (true) {
        window.clear();
        for (int i = 0; i < 50; i++) {
          number++;
          byte[] up = ByteBuffer.allocate(8).putLong(number).array();
          byte[] down = ByteBuffer.allocate(8).putLong(-number).array();
          var batch = new WriteBatch().put(forward, up, new byte[100]).put(backward, down, up);
          window.add(
              store
                  .commit(batch, i % 2 == 0 ? Durability.SYNC : Durability.OS)
                  .toCompletableFuture());
        }
        for (var done : window) {
          done.get(30, TimeUnit.SECONDS);
        }
        System.out.println(number);
      }
    }
  }
}
