package io.troupe.node.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An application at work in a mount, with what fails when it is done twice, or not at all: mkdir,
 * rename away, rmdir of the one before.
 */
final class Renames {
  private final Path mount;
  private final Duration limit;
  private final Supplier<String> outputs;
  private final Set<String> there = new TreeSet<>();
  private final AtomicInteger done = new AtomicInteger();
  private volatile boolean ends;
  private long longestNanos;
  private final CompletableFuture<Void> end;

  /**
   * Begins at once.
   *
   * @param limit of everything that is waited for
   * @param outputs what the nodes have said, for failures
   */
  Renames(Path mount, Duration limit, Supplier<String> outputs) {
    this.mount = mount;
    this.limit = limit;
    this.outputs = outputs;
    // A thread of its own: the common pool may have one, which those who wait for processes need.
    this.end =
        CompletableFuture.runAsync(
            this::work, task -> Thread.ofPlatform().daemon().name("renames").start(task));
  }

  private void work() {
    try {
      for (int i = 0; !ends; i++) {
        long begun = System.nanoTime();
        Files.createDirectory(mount.resolve("made" + i));
        Files.move(mount.resolve("made" + i), mount.resolve("kept" + i));
        there.add("kept" + i);
        if (i % 3 == 2) {
          Files.delete(mount.resolve("kept" + (i - 1)));
          there.remove("kept" + (i - 1));
        }
        longestNanos = Math.max(longestNanos, System.nanoTime() - begun);
        done.incrementAndGet();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void await(int more) {
    int target = done.get() + more;
    long until = System.nanoTime() + limit.toNanos();
    while (done.get() < target && !end.isCompletedExceptionally()) {
      assertThat(System.nanoTime())
          .as("%s rounds within %s\n%s", more, limit, outputs.get())
          .isLessThan(until);
      Thread.onSpinWait();
    }
  }

  void stop() throws InterruptedException {
    ends = true;
    try {
      end.get(limit.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("after " + done.get() + " rounds\n" + outputs.get(), e);
    }
  }

  /** After the end. */
  Duration longestPause() {
    return Duration.ofNanos(longestNanos);
  }

  /** After the end: nothing is missing, nothing was done twice. */
  void check() {
    try (Stream<Path> entries = Files.list(mount)) {
      assertThat(entries.map(p -> p.getFileName().toString()).collect(Collectors.toSet()))
          .isEqualTo(there);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
