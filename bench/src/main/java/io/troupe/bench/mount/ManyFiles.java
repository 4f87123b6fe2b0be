package io.troupe.bench.mount;

import io.troupe.bench.report.Figure;
import io.troupe.bench.report.Unit;
import io.troupe.bench.report.WrongResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Empty files in one directory: made, looked at and removed by some threads, each its own. */
final class ManyFiles {
  private static final Duration UNLIMITED = Duration.ofDays(1);

  private interface Operation {
    void run(Path file) throws IOException;
  }

  private final Path directory;
  private final int threads;
  private final int files;
  private final Duration limit;
  private final Caches caches;

  /** How many each thread has made in this round. */
  private final int[] made;

  ManyFiles(Path directory, int threads, int files, Duration limit, Caches caches) {
    this.directory = directory;
    this.threads = threads;
    this.files = files;
    this.limit = limit;
    this.caches = caches;
    this.made = new int[threads];
  }

  private Path file(int thread, int number) {
    return directory.resolve("file-" + thread + "-" + number);
  }

  List<Figure> create() throws Exception {
    Files.createDirectories(directory);
    for (int t = 0; t < threads; t++) {
      made[t] = files / threads;
    }
    List<Figure> rate = run(limit, f -> Files.createFile(f));
    expect(total());
    return rate;
  }

  List<Figure> stat() throws Exception {
    caches.drop();
    return run(
        UNLIMITED,
        f ->
            WrongResult.unless(
                Files.readAttributes(f, BasicFileAttributes.class).isRegularFile(),
                f + " is no file"));
  }

  List<Figure> unlink() throws Exception {
    List<Figure> rate = run(UNLIMITED, Files::delete);
    expect(0);
    return rate;
  }

  private int total() {
    int sum = 0;
    for (int m : made) {
      sum += m;
    }
    return sum;
  }

  /** Each thread goes over its files, as far as the time allows. */
  private List<Figure> run(Duration time, Operation operation) throws Exception {
    long begun = System.nanoTime();
    long end = time.equals(UNLIMITED) ? Long.MAX_VALUE : begun + time.toNanos();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Integer>> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int thread = t;
        running.add(pool.submit(() -> some(thread, end, operation)));
      }
      for (int t = 0; t < threads; t++) {
        made[t] = running.get(t).get();
      }
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    return List.of(new Figure("", Unit.OPERATIONS, total() / seconds));
  }

  private int some(int thread, long end, Operation operation) throws IOException {
    int n = 0;
    while (n < made[thread] && (n == 0 || System.nanoTime() < end)) {
      operation.run(file(thread, n++));
    }
    return n;
  }

  private void expect(int count) throws IOException {
    try (var listed = Files.list(directory)) {
      long found = listed.count();
      WrongResult.unless(found == count, found + " files in " + directory + ", not " + count);
    }
  }
}
