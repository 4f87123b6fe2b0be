package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.tool.Finding;
import io.troupe.lsm.tool.Verify;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process whose threads write as fast as they can is ended with SIGKILL, several times over the
 * same store; {@code -Dkills=} says how often, {@code -Dseed=} when.
 *
 * <p>Each thread has keys of its own, numbered: a commit puts its number into two indices, on
 * condition that the place is empty, and moves the thread's head on condition that nobody else did.
 * Now and then it deletes the range of all its numbers but the last few, which moves its floor. One
 * more thread follows the log: what it was given as durable is there afterwards.
 */
class KillTest {

  private static final int KILLS = Integer.getInteger("kills", 3);
  private static final int THREADS = 4;
  private static final int KEPT = 500;
  private static final int FOLLOWER = THREADS; // in place of the number of a thread
  private static final int FOLLOWED = 500;
  private static final StoreOptions OPTIONS =
      StoreOptions.small().withWalRetainBytes(2L * StoreOptions.small().walSegmentBytes());

  @TempDir Path directory;

  @Test
  void keepsWhatWasAcknowledgedWhenTheProcessIsKilled() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    long[] acknowledged = new long[THREADS + 1];
    long commits = 0;
    Path store = directory.resolve("store");
    for (int kill = 1; kill <= KILLS; kill++) {
      Process writer = start(store, directory.resolve("copy" + kill));
      int lines = kill(writer, 50 + random.nextInt(500), acknowledged);
      commits += lines;

      List<Finding> found = new ArrayList<>();
      assertThat(Verify.run(store, found::add))
          .as("kill %s of seed %s: %s", kill, seed, found)
          .isZero();
      check(store, acknowledged, "kill " + kill + " of seed " + seed);
    }
    System.out.printf("seed %d: %d kills, %d acknowledged lines%n", seed, KILLS, commits);
  }

  /** Reads what the process acknowledges, kills it after so many lines, and reads the rest. */
  private static int kill(Process writer, int after, long[] acknowledged) throws Exception {
    int lines = 0;
    try (var output =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        String[] words = line.split(" ", -1);
        if (words.length == 3 && words[2].equals(".")) { // the last line may have been cut
          int thread = Integer.parseInt(words[0]);
          acknowledged[thread] = Math.max(acknowledged[thread], Long.parseLong(words[1]));
        }
        if (++lines == after) {
          assertThat(writer.toHandle().destroyForcibly()).isTrue();
        }
      }
    }
    assertThat(writer.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(writer.exitValue()).isEqualTo(137);
    return lines;
  }

  /** Nothing acknowledged is lost, nothing in between is missing, and both indices agree. */
  private static void check(Path directory, long[] acknowledged, String when) throws IOException {
    try (Store store = Store.open(directory, OPTIONS)) {
      Index forward = store.index("forward");
      Index backward = store.index("backward");
      Index heads = store.index("heads");
      for (int thread = 0; thread < THREADS; thread++) {
        long head = number(store, heads, key(thread, 0));
        long floor = number(store, heads, key(thread, 1));
        assertThat(head).as(when).isGreaterThanOrEqualTo(acknowledged[thread]);
        long expected = floor;
        try (Cursor up = store.cursor(forward, range(thread));
            Cursor down = store.cursorReverse(backward, range(thread))) {
          while (up.next()) {
            expected++;
            assertThat(up.key()).as(when).isEqualTo(key(thread, expected));
            assertThat(down.next()).as(when).isTrue();
            assertThat(ByteBuffer.wrap(down.value()).getLong()).as(when).isEqualTo(expected);
          }
          assertThat(down.next()).as(when).isFalse();
        }
        assertThat(expected).as(when).isEqualTo(head);
      }
      long last = store.stats().lastSequence();
      assertThat(last).as(when).isGreaterThanOrEqualTo(acknowledged[FOLLOWER]);
      long first = Math.max(1, last - FOLLOWED);
      try (LogTail tail = store.tail(first, true, () -> {})) {
        for (long sequence = first; sequence <= last; sequence++) {
          assertThat(tail.poll().orElseThrow().sequence()).as(when).isEqualTo(sequence);
        }
      }
    }
  }

  private static KeyRange range(int thread) {
    return KeyRange.prefix(new byte[] {(byte) thread});
  }

  private static byte[] key(int thread, long number) {
    return ByteBuffer.allocate(9).put((byte) thread).putLong(number).array();
  }

  private static byte[] value(long number, int bytes) {
    return ByteBuffer.allocate(bytes).putLong(number).array();
  }

  private static long number(Reader reader, Index index, byte[] key) {
    return reader.get(index, key).map(value -> ByteBuffer.wrap(value).getLong()).orElse(0L);
  }

  private static Process start(Path store, Path copy) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            KillTest.Writer.class.getName(),
            store.toString(),
            copy.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Commits with several threads, and prints which of them has which number acknowledged. */
  public static final class Writer {

    private static final int WINDOW = 10;

    private final Store store;
    private final Index forward;
    private final Index backward;
    private final Index heads;

    private Writer(Store store) {
      this.store = store;
      this.forward = store.index("forward");
      this.backward = store.index("backward");
      this.heads = store.index("heads");
    }

    public static void main(String[] args) throws Exception {
      // Not closed: the process does not get to it.
      @SuppressWarnings("resource")
      Store store = Store.open(Path.of(args[0]), OPTIONS);
      var writer = new Writer(store);
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        Thread.ofPlatform().start(() -> writer.run(thread));
      }
      Thread.ofPlatform().start(writer::follow);
      for (int i = 0; ; i++) {
        Path copy = Path.of(args[1] + "-" + i);
        store.checkpoint(copy);
        try (var files = Files.list(copy)) {
          for (Path file : files.toList()) {
            Files.delete(file);
          }
        }
      }
    }

    private void run(int thread) {
      long head = number(store, heads, key(thread, 0));
      long floor = number(store, heads, key(thread, 1));
      long headSequence = sequence(key(thread, 0));
      while (true) {
        head++;
        var batch =
            new WriteBatch()
                .expect(heads, key(thread, 0), headSequence)
                .expect(forward, key(thread, head), 0)
                .put(forward, key(thread, head), value(head, 200))
                .put(backward, key(thread, -head), value(head, 8))
                .put(heads, key(thread, 0), value(head, 8));
        if (head - floor > 2 * KEPT) {
          floor = head - KEPT;
          batch
              .deleteRange(forward, key(thread, 0), key(thread, floor + 1))
              .deleteRange(backward, key(thread, -floor), new byte[] {(byte) (thread + 1)})
              .put(heads, key(thread, 1), value(floor, 8));
        }
        headSequence = store.commitAndWait(batch, head % 2 == 0 ? Durability.SYNC : Durability.OS);
        if (head % WINDOW == 0) {
          System.out.println(thread + " " + head + " .");
        }
      }
    }

    private void follow() {
      var more = new Semaphore(0);
      long next = store.stats().lastSequence() + 1;
      while (true) {
        try (LogTail tail = store.tail(next, true, more::release)) {
          while (true) {
            for (var batch = tail.poll(); batch.isPresent(); batch = tail.poll()) {
              if (batch.get().sequence() != next++) {
                Runtime.getRuntime().halt(3);
              }
              if (next % FOLLOWED == 0) {
                System.out.println(FOLLOWER + " " + (next - 1) + " .");
              }
            }
            more.acquireUninterruptibly();
          }
        } catch (StoreException e) {
          if (e.kind() != StoreException.Kind.COMPACTED) {
            Runtime.getRuntime().halt(4);
          }
          next = store.stats().lastSequence() + 1; // it fell behind
        }
      }
    }

    private long sequence(byte[] key) {
      return store.getVersioned(heads, key).map(Versioned::sequence).orElse(0L);
    }
  }
}
