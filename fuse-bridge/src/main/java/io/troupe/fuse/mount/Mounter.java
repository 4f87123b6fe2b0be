package io.troupe.fuse.mount;

import io.troupe.fuse.libc.Mounts;
import io.troupe.fuse.transport.DeviceChannel;
import java.io.IOException;
import java.nio.file.Path;

/** A way to mount and unmount. */
public interface Mounter {
  /** The one for this user. */
  static Mounter ofThisUser() {
    return Mounts.effectiveUser() == 0 ? new KernelMounter() : new HelperMounter();
  }

  /**
   * Mounts; requests wait in the channel from then on, INIT first.
   *
   * @throws MountException with the cause in words
   */
  DeviceChannel mount(Path directory, MountOptions options) throws IOException;

  /**
   * Unmounts.
   *
   * @param detach take it away from the tree even if it is in use, end it when that ends
   * @throws BusyException if it is in use
   * @throws IOException if it cannot be unmounted
   */
  void unmount(Path directory, boolean detach) throws IOException;

  /** Somebody has a file open or works in the directory. */
  final class BusyException extends IOException {
    private static final long serialVersionUID = 1L;

    BusyException(Path directory) {
      super(directory + " is in use");
    }
  }
}
