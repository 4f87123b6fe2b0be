package io.troupe.actors.stream;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.IoUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts media drivers as object streams need them. */
final class Drivers {
  private static final Logger LOG = LoggerFactory.getLogger(Drivers.class);
  private static final String PREFIX = "troupe-aeron-";
  private static final Pattern NAME = Pattern.compile(PREFIX + "([0-9]{1,18})-.*");

  /** A message is at most an eighth of a term: 1 MiB and a header do not fit into 8 MiB. */
  private static final int TERM_BYTES = 16 << 20;

  /** Few fragments a message; the largest there is. */
  private static final int IPC_MTU = 65_504;

  private static final int UDP_MTU = 8_192;

  private static final long SHORTEST_PARK = TimeUnit.MICROSECONDS.toNanos(50);

  /**
   * Within a host a driver is on the data path by its flow control only, and lets half a term pass
   * each time that it looks; while it has something to do it stays awake.
   */
  private static final long LONGEST_PARK = TimeUnit.MILLISECONDS.toNanos(50);

  /** Between hosts a first packet after a silence waits for half of this on average. */
  private static final long LONGEST_PARK_WITH_PEERS = TimeUnit.MILLISECONDS.toNanos(4);

  /** A driver with its directory. */
  static final class Driver implements AutoCloseable {
    private final MediaDriver driver;
    private final Wakeups.Key key;

    /** Connections of other hosts that it serves. */
    final AtomicInteger remotePeers;

    private Driver(MediaDriver driver, AtomicInteger remotePeers, DoublingIdle idle) {
      this.driver = driver;
      this.remotePeers = remotePeers;
      this.key = Wakeups.Key.ofDriver(driver.aeronDirectoryName());
      Wakeups.listen(key, idle::wake);
    }

    String directory() {
      return driver.aeronDirectoryName();
    }

    @Override
    public void close() {
      Wakeups.forget(key);
      driver.close();
    }
  }

  private Drivers() {}

  /** An embedded driver with a directory of its own; those of dead processes are cleared away. */
  static Driver launch(Path base) {
    clearDead(base);
    AtomicInteger remotePeers = new AtomicInteger();
    DoublingIdle idle =
        new DoublingIdle(
            SHORTEST_PARK, () -> remotePeers.get() == 0 ? LONGEST_PARK : LONGEST_PARK_WITH_PEERS);
    Path directory = base.resolve(PREFIX + ProcessHandle.current().pid() + "-" + UUID.randomUUID());
    MediaDriver driver =
        MediaDriver.launchEmbedded(
            new MediaDriver.Context()
                .aeronDirectoryName(directory.toString())
                .threadingMode(ThreadingMode.SHARED)
                .sharedIdleStrategy(idle)
                // Its thread would look for work a thousand times a second, which is more than all
                // else
                // that an idle node does; addresses are numbers, so that nothing here waits for a
                // name.
                .asyncExecutorEnabled(false)
                .ipcTermBufferLength(TERM_BYTES)
                .publicationTermBufferLength(TERM_BYTES)
                .ipcMtuLength(IPC_MTU)
                .mtuLength(UDP_MTU)
                .termBufferSparseFile(true)
                .performStorageChecks(false)
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .warnIfDirectoryExists(false)
                .errorHandler(e -> LOG.debug("event=driver-error", e)));
    return new Driver(driver, remotePeers, idle);
  }

  private static void clearDead(Path base) {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(base, PREFIX + "*")) {
      for (Path d : found) {
        if (processOf(d).isPresent() && !isAlive(d.toString())) {
          IoUtil.delete(d.toFile(), true);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + base, e);
    }
  }

  /**
   * Whether a driver still serves that directory, as far as can be told without waiting for it: a
   * dead one leaves its directory behind.
   */
  static boolean isAlive(String directory) {
    Path path = Path.of(directory);
    return Files.isDirectory(path)
        && processOf(path).map(pid -> ProcessHandle.of(pid).isPresent()).orElse(true);
  }

  private static Optional<Long> processOf(Path directory) {
    Matcher m = NAME.matcher(String.valueOf(directory.getFileName()));
    return m.matches() ? Optional.of(Long.parseLong(m.group(1))) : Optional.empty();
  }
}
