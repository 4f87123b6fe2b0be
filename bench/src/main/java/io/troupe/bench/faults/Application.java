package io.troupe.bench.faults;

import io.troupe.bench.report.WrongResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Works in a directory of a mount, one call after the other, and remembers what there has to be.
 * All its calls must succeed, none is made twice: what is carried out twice fails (a name that is
 * there already, or is gone), and so does what was lost.
 */
final class Application {
  private static final int FILES = 200;

  private final Path root;
  private final Random random;

  /** Names with their contents. */
  private final Map<String, String> there = new TreeMap<>();

  private int next;
  private long longest;
  private volatile boolean ends;
  private CompletableFuture<Void> running = CompletableFuture.completedFuture(null);

  Application(Path root, long seed) {
    this.root = root;
    this.random = new Random(seed);
  }

  /** Begins to work. */
  void start() {
    ends = false;
    running =
        CompletableFuture.runAsync(
            this::work, task -> Thread.ofPlatform().daemon().name("application").start(task));
  }

  /**
   * Ends after the call that is under way.
   *
   * @throws WrongResult where a call failed
   */
  void stop(long seconds) throws InterruptedException {
    ends = true;
    try {
      running.get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new WrongResult(root + ", call " + next + ": " + e.getCause());
    } catch (TimeoutException e) {
      throw new WrongResult(root + ", call " + next + " has not returned for " + seconds + " s");
    }
  }

  /** Whether a call has failed. */
  boolean hasFailed() {
    return running.isCompletedExceptionally();
  }

  int calls() {
    return next;
  }

  /** The longest call since the last question, in seconds. */
  double longestSeconds() {
    double seconds = longest / 1e9;
    longest = 0;
    return seconds;
  }

  private void work() {
    try {
      while (!ends) {
        long begun = System.nanoTime();
        step();
        longest = Math.max(longest, System.nanoTime() - begun);
        next++;
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void step() throws IOException {
    String name = "n" + next;
    int kind = random.nextInt(10);
    if (there.size() > FILES || (kind < 2 && !there.isEmpty())) {
      String gone = any();
      Files.delete(root.resolve(gone));
      there.remove(gone);
    } else if (kind < 5 && !there.isEmpty()) {
      String from = any();
      Files.move(root.resolve(from), root.resolve(name));
      there.put(name, there.remove(from));
    } else if (kind < 8) {
      Files.createDirectory(root.resolve(name));
      there.put(name, "");
    } else {
      String content = "content of " + name;
      Files.writeString(root.resolve(name), content, StandardOpenOption.CREATE_NEW);
      there.put(name, content);
    }
  }

  private String any() {
    List<String> names = List.copyOf(there.keySet());
    return names.get(random.nextInt(names.size()));
  }

  /**
   * Compares what there is with what there has to be, as that mount shows it.
   *
   * @throws WrongResult at the first difference
   */
  void verify(Path through) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (var entries = Files.newDirectoryStream(through)) {
      for (Path entry : entries) {
        String content =
            Files.isDirectory(entry) ? "" : Files.readString(entry, StandardCharsets.UTF_8);
        found.put(entry.getFileName().toString(), content);
      }
    }
    if (!found.equals(there)) {
      Map<String, String> missing = new TreeMap<>(there);
      missing.entrySet().removeAll(found.entrySet());
      Map<String, String> surplus = new TreeMap<>(found);
      surplus.entrySet().removeAll(there.entrySet());
      throw new WrongResult(through + ": missing " + missing + ", not expected " + surplus);
    }
  }
}
