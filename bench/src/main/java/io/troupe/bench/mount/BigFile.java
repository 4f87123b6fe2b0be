package io.troupe.bench.mount;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.troupe.bench.report.Figure;
import io.troupe.bench.report.Stopwatch;
import io.troupe.bench.report.Unit;
import io.troupe.bench.report.WrongResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** One large file, in calls of 1 MiB, each of which carries its number. */
final class BigFile {
  private static final int CALL = 1 << 20;
  private static final int SMALL = 4 << 10;
  private static final int MAX_SMALL = 20_000;

  /** It has to end: what follows reads the file whole. */
  private static final Duration ALL = Duration.ofDays(1);

  private final Path path;
  private final int calls;
  private final Caches caches;
  private final ByteBuffer content = ByteBuffer.allocateDirect(CALL);
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(CALL);

  BigFile(Path path, int calls, Caches caches) {
    this.path = path;
    this.calls = calls;
    this.caches = caches;
    byte[] random = new byte[CALL];
    new Random(1).nextBytes(random);
    content.put(random);
  }

  List<Figure> write() throws IOException {
    Stopwatch watch = new Stopwatch(calls, ALL);
    try (FileChannel file = FileChannel.open(path, CREATE, TRUNCATE_EXISTING, WRITE)) {
      while (watch.goesOn()) {
        content.clear().putInt(0, watch.count());
        watch.start();
        writeAll(file, content);
        watch.stop();
      }
      long start = System.nanoTime();
      file.force(true);
      watch.include(System.nanoTime() - start);
    }
    return List.of(new Figure("", Unit.MEBIBYTES, watch.perSecond()));
  }

  List<Figure> read() throws IOException {
    caches.drop();
    Stopwatch watch = new Stopwatch(calls, ALL);
    try (FileChannel file = FileChannel.open(path, READ)) {
      while (watch.goesOn()) {
        buffer.clear();
        watch.start();
        while (buffer.hasRemaining() && file.read(buffer) >= 0) {}
        watch.stop();
        content.clear().putInt(0, watch.count() - 1);
        WrongResult.unless(
            buffer.flip().equals(content), path + " differs in MiB " + (watch.count() - 1));
      }
    }
    return List.of(new Figure("", Unit.MEBIBYTES, watch.perSecond()));
  }

  /** One behind the other, in a file of their own. */
  List<Figure> smallWrites(Duration limit) throws IOException {
    Stopwatch watch = new Stopwatch(MAX_SMALL, limit);
    Path small = path.resolveSibling("small");
    try (FileChannel file = FileChannel.open(small, CREATE, TRUNCATE_EXISTING, READ, WRITE)) {
      while (watch.goesOn()) {
        content.clear().limit(SMALL).putInt(0, watch.count());
        watch.start();
        writeAll(file, content);
        file.force(true);
        watch.stop();
      }
      file.position(0);
      for (int i = 0; i < watch.count(); i++) {
        buffer.clear().limit(SMALL);
        while (buffer.hasRemaining() && file.read(buffer) >= 0) {}
        content.clear().limit(SMALL).putInt(0, i);
        WrongResult.unless(buffer.flip().equals(content), small + " differs in write " + i);
      }
    }
    return List.of(
        new Figure("", Unit.OPERATIONS, watch.perSecond()),
        new Figure("p50", Unit.MICROSECONDS, watch.microsAt(0.5)));
  }

  private static void writeAll(FileChannel file, ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      int unused = file.write(from);
    }
  }
}
