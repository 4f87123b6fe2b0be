package io.troupe.actors.stream;

import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.agrona.IoUtil;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts media drivers and Aeron clients as object streams need them. */
final class Drivers {
  private static final Logger LOG = LoggerFactory.getLogger(Drivers.class);
  private static final String PREFIX = "troupe-aeron-";

  /** A message is at most an eighth of a term: 1 MiB and a header do not fit into 8 MiB. */
  private static final int TERM_BYTES = 16 << 20;

  /** Few fragments a message; the largest there is. */
  private static final int IPC_MTU = 65_504;

  private static final int UDP_MTU = 8_192;

  /** Only connecting and closing waits for a client's conductor, never a request. */
  private static final long CONDUCTOR_SLEEP_MILLIS = 40;

  private Drivers() {}

  /** An embedded driver with a directory of its own; those of dead processes are cleared away. */
  static MediaDriver launch(Path base) {
    clearDead(base);
    Path directory = base.resolve(PREFIX + ProcessHandle.current().pid() + "-" + UUID.randomUUID());
    return MediaDriver.launchEmbedded(
        new MediaDriver.Context()
            .aeronDirectoryName(directory.toString())
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(new DriverIdle())
            // Its thread would look for work a thousand times a second, which is more than all else
            // that an idle node does; addresses are numbers, so that nothing here waits for a name.
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
  }

  private static void clearDead(Path base) {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(base, PREFIX + "*")) {
      for (Path d : found) {
        String rest = d.getFileName().toString().substring(PREFIX.length());
        if (!rest.matches("[0-9]{1,18}-.*")) {
          continue;
        }
        long pid = Long.parseLong(rest.substring(0, rest.indexOf('-')));
        if (ProcessHandle.of(pid).isEmpty()) {
          IoUtil.delete(d.toFile(), true);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + base, e);
    }
  }

  static Aeron connect(String driverDirectory) {
    return Aeron.connect(
        new Aeron.Context()
            .aeronDirectoryName(driverDirectory)
            .idleStrategy(new SleepingMillisIdleStrategy(CONDUCTOR_SLEEP_MILLIS))
            // The default one ends the process when a driver is gone, and drivers of others may go.
            .errorHandler(e -> LOG.debug("driver={} event=stream-error", driverDirectory, e))
            .subscriberErrorHandler(e -> LOG.warn("event=poll-error", e)));
  }

  /** The same for processes that share memory. */
  static String hostId() {
    try {
      String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
      return boot + "/" + InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return UUID.randomUUID().toString();
    }
  }
}
