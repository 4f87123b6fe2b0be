package io.troupe.bench.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** How large a directory is, and the most that it was while somebody looked. */
final class Space implements AutoCloseable {
  private static final long LOOK_NANOS = 50_000_000;
  static final double MIB = 1 << 20;

  private final AtomicLong peak = new AtomicLong();
  private final Path directory;
  private final Thread looking;
  private volatile boolean closed;

  private Space(Path directory) {
    this.directory = directory;
    this.looking = Thread.ofPlatform().daemon().name("space").unstarted(this::look);
  }

  static Space watch(Path directory) {
    Space space = new Space(directory);
    space.looking.start();
    return space;
  }

  private void look() {
    while (!closed) {
      peak.accumulateAndGet(of(directory), Math::max);
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  double peakMib() {
    return peak.accumulateAndGet(of(directory), Math::max) / MIB;
  }

  static double mib(Path directory) {
    return of(directory) / MIB;
  }

  private static long of(Path directory) {
    AtomicLong bytes = new AtomicLong();
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
              bytes.addAndGet(a.size());
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
              }
              throw e;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.get();
  }

  @Override
  public void close() {
    closed = true;
  }
}
