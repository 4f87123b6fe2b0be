package io.troupe.fuse.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mounted connection as sysfs shows it.
 *
 * @param minor of the mount's device number
 */
public record Connection(int minor) {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  /** Of the mount at the directory, which must be mounted. */
  public static Connection of(Path directory) throws IOException {
    return new Connection(
        MountInfo.read()
            .at(directory)
            .orElseThrow(() -> new MountException("nothing is mounted on " + directory))
            .minor());
  }

  /** True while this connection is what one sees at the directory. */
  public boolean isMountedOn(Path directory) throws IOException {
    return MountInfo.read()
        .at(directory)
        .filter(e -> e.minor() == minor && e.type().equals(MountPoint.TYPE))
        .isPresent();
  }

  /**
   * Sets how far the kernel reads ahead of a sequential reader. INIT can only lower the kernel's
   * 128 KiB, and cold reads need more of them under way than one. Needs root; without it the
   * default stays.
   *
   * @return whether it was set
   */
  public boolean setReadAhead(long bytes) {
    Path knob = Path.of("/sys/class/bdi/0:" + minor + "/read_ahead_kb");
    try {
      Files.writeString(knob, Long.toString(bytes / 1024));
      return true;
    } catch (IOException e) {
      LOG.info("read-ahead stays at the kernel's default, {} cannot be written", knob);
      LOG.debug("cause", e);
      return false;
    }
  }
}
