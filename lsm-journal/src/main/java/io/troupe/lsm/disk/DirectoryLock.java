package io.troupe.lsm.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A directory taken by this process, by a lock on a file in it. The system drops such a lock when
 * the process ends, and also when the process closes any other descriptor of the file: so the file
 * must not even be opened while this process has it locked, and what this process has locked is
 * known to the process, not to whoever asks.
 */
final class DirectoryLock implements Closeable {

  static final String FILE = "LOCK";

  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Takes a directory, alone, or together with others who only read.
   *
   * @param shared for reading only; the lock file has to be there
   */
  static DirectoryLock take(Path path, boolean shared) throws IOException {
    Path directory = path.toRealPath();
    if (!HELD.add(directory)) {
      throw new IOException(directory + " is open already in this process");
    }
    boolean done = false;
    try {
      Path file = directory.resolve(FILE);
      FileChannel channel =
          shared
              ? FileChannel.open(file, StandardOpenOption.READ)
              : FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
        if (lock == null) {
          throw new IOException(directory + " is open in another process");
        }
        done = true;
        return new DirectoryLock(directory, channel);
      } finally {
        if (!done) {
          channel.close();
        }
      }
    } finally {
      if (!done) {
        HELD.remove(directory);
      }
    }
  }

  /** Whether there is anything to lock: a directory that was never opened has no lock file. */
  static boolean isPossible(Path directory) {
    return Files.exists(directory.resolve(FILE));
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD.remove(directory);
    }
  }
}
