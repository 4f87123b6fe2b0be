package io.troupe.fuse.mount;

import io.troupe.fuse.libc.Mounts;
import io.troupe.fuse.transport.DeviceChannel;
import java.io.IOException;
import java.nio.file.Path;

/** mount(2) and umount2(2), which root may call. */
final class KernelMounter implements Mounter {
  private static final int EPERM = 1;
  private static final int EBUSY = 16;
  private static final int ENODEV = 19;
  private static final int EINVAL = 22;

  private static final int UMOUNT_NOFOLLOW = 8;

  @Override
  public DeviceChannel mount(Path directory, MountOptions options) throws IOException {
    DeviceChannel channel = DeviceChannel.open();
    long flags =
        (options.ignoreSetuid() ? Mounts.MS_NOSUID : 0)
            | (options.ignoreDevices() ? Mounts.MS_NODEV : 0);
    int r =
        Mounts.mount(
            options.source(),
            directory.toString(),
            MountPoint.TYPE,
            flags,
            "fd="
                + channel.fd()
                + ",rootmode=40000,user_id="
                + Mounts.effectiveUser()
                + ",group_id="
                + Mounts.effectiveGroup()
                + ",default_permissions"
                + (options.allowOther().orElse(true) ? ",allow_other" : ""));
    if (r < 0) {
      channel.close();
      throw new MountException(
          "cannot mount "
              + options.source()
              + " on "
              + directory
              + switch (-r) {
                case EPERM -> ": not permitted; a container needs the capability SYS_ADMIN";
                case ENODEV -> ": the kernel has no FUSE; load it with modprobe fuse";
                default -> ": errno " + -r;
              });
    }
    return channel;
  }

  @Override
  public void unmount(Path directory, boolean detach) throws IOException {
    int r =
        Mounts.unmount(directory.toString(), UMOUNT_NOFOLLOW | (detach ? Mounts.MNT_DETACH : 0));
    switch (-r) {
      // EINVAL: nothing is mounted there any more.
      case 0, EINVAL -> {}
      case EBUSY -> throw new BusyException(directory);
      default -> throw new IOException("cannot unmount " + directory + ": errno " + -r);
    }
  }
}
