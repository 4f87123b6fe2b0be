package io.troupe.fuse.mount;

import io.troupe.fuse.libc.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sure that a directory can be mounted on. */
public final class MountPoint {
  /** Of our mounts, as the kernel shows it. */
  public static final String TYPE = "fuse.troupe";

  private static final int ENOTCONN = 107;
  private static final int ECONNABORTED = 103;

  private static final Logger LOG = LoggerFactory.getLogger(MountPoint.class);

  private MountPoint() {}

  /**
   * The directory without symbolic links, ready to be mounted on. It need not be empty: what is in
   * it is hidden until the volume is unmounted. A mount of ours whose server has died is detached
   * first.
   *
   * @throws MountException if it is missing, no directory, or a live volume is mounted there
   */
  public static Path prepare(Path directory, Mounter mounter) throws IOException {
    Path path = withoutLinks(directory);
    Optional<MountInfo.Entry> mounted = MountInfo.read().at(path);
    while (mounted.isPresent() && mounted.get().type().equals(TYPE)) {
      int answer = Mounts.probe(path.toString());
      if (answer != -ENOTCONN && answer != -ECONNABORTED) {
        throw new MountException(
            "cannot mount on "
                + path
                + ": "
                + mounted.get().source()
                + " is mounted there already; unmount it first (troupe umount "
                + path
                + ")");
      }
      LOG.warn(
          "detaching the stale mount of {} on {}: the process that served it is gone",
          mounted.get().source(),
          path);
      mounter.unmount(path, true);
      mounted = MountInfo.read().at(path);
    }
    if (!Files.exists(path)) {
      throw missing(path);
    }
    if (!Files.isDirectory(path)) {
      throw new MountException("cannot mount on " + path + ": it is not a directory");
    }
    return path;
  }

  /** Resolves the parent alone where a dead mount does not let itself be resolved. */
  private static Path withoutLinks(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    try {
      return absolute.toRealPath();
    } catch (NoSuchFileException e) {
      throw missing(absolute);
    } catch (IOException e) {
      Path parent = absolute.getParent();
      Path name = absolute.getFileName();
      if (parent == null || name == null) {
        throw e;
      }
      return parent.toRealPath().resolve(name);
    }
  }

  private static MountException missing(Path path) {
    return new MountException(
        "cannot mount on " + path + ": the directory does not exist; make it first (mkdir)");
  }
}
