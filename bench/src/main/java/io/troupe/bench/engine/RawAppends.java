package io.troupe.bench.engine;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The limit: appends into a file whose blocks are there and written, so that an fdatasync has no
 * metadata to write. Each append carries its number in front and behind.
 */
final class RawAppends implements AutoCloseable {
  private static final int FILE_BYTES = 128 << 20;

  /** More at a time makes large folios, in which a small write takes longer. */
  private static final int CHUNK = 64 << 10;

  private final FileChannel file;
  private long stamps;

  private RawAppends(FileChannel file) {
    this.file = file;
  }

  static RawAppends create(Path path) throws IOException {
    FileChannel file = FileChannel.open(path, CREATE_NEW, READ, WRITE);
    for (int at = 0; at < FILE_BYTES; at += CHUNK) {
      write(file, ByteBuffer.allocateDirect(CHUNK), at);
    }
    file.force(true);
    return new RawAppends(file);
  }

  List<Figure> oneAtATime(int records, Duration limit) throws IOException {
    Stopwatch watch = appends(records * Records.BYTES, limit);
    return List.of(
        new Figure("", Unit.COMMITS, watch.perSecond()),
        new Figure("p50", Unit.MICROSECONDS, watch.microsAt(0.5)));
  }

  /** So many commits an fdatasync: what the best of groupings could come to. */
  List<Figure> groups(int commits, Duration limit) throws IOException {
    Stopwatch watch = appends(commits * Records.BYTES, limit);
    return List.of(new Figure("", Unit.COMMITS, watch.perSecond() * commits));
  }

  private Stopwatch appends(int bytes, Duration limit) throws IOException {
    long first = stamps;
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
    Stopwatch watch = new Stopwatch(FILE_BYTES / bytes, limit);
    while (watch.goesOn()) {
      stamp(buffer, stamps++);
      long at = (long) watch.count() * bytes;
      watch.start();
      write(file, buffer, at);
      file.force(false);
      watch.stop();
    }
    verify(bytes, watch.count(), first);
    return watch;
  }

  /** Threads of which each appends and syncs for itself. */
  List<Figure> threads(int threads, int records, Duration limit) throws Exception {
    int bytes = records * Records.BYTES;
    AtomicInteger next = new AtomicInteger();
    long first = stamps;
    List<Figure> figures =
        Threads.run(
            threads,
            FILE_BYTES / bytes,
            limit,
            () -> {
              int number = next.getAndIncrement();
              ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
              stamp(buffer, first + number);
              write(file, buffer, (long) number * bytes);
              file.force(false);
            });
    stamps += next.get();
    verify(bytes, next.get(), first);
    return figures;
  }

  private static void stamp(ByteBuffer buffer, long number) {
    buffer.clear();
    buffer.putLong(0, number).putLong(buffer.limit() - Long.BYTES, number);
  }

  private static void write(FileChannel file, ByteBuffer buffer, long at) throws IOException {
    long to = at;
    while (buffer.hasRemaining()) {
      to += file.write(buffer, to);
    }
  }

  private void verify(int bytes, int count, long first) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
    for (int i = 0; i < count; i++) {
      buffer.clear();
      int n = file.read(buffer, (long) i * bytes);
      WrongResult.unless(
          n == bytes
              && buffer.getLong(0) == first + i
              && buffer.getLong(bytes - Long.BYTES) == first + i,
          "append " + i + " is not in the file");
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
