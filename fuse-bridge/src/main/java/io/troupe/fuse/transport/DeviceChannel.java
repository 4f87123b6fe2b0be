package io.troupe.fuse.transport;

import io.troupe.fuse.libc.CallState;
import io.troupe.fuse.libc.Descriptors;
import java.io.IOException;

/** A descriptor of {@code /dev/fuse}: one read(2) a request, one write(2) a reply. */
public final class DeviceChannel implements Channel {
  public static final String DEVICE = "/dev/fuse";

  // _IOR(229, 0, uint32_t)
  private static final long FUSE_DEV_IOC_CLONE = 0x8004e500L;

  private static final int ENOENT = 2;
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;
  private static final int ENODEV = 19;
  private static final int ECONNABORTED = 103;

  private final int fd;

  private DeviceChannel(int fd) {
    this.fd = fd;
  }

  /** Of a descriptor that is mounted already; the channel closes it. */
  public static DeviceChannel of(int fd) {
    return new DeviceChannel(fd);
  }

  /**
   * Opens the device, for a mount to come.
   *
   * @throws IOException with the cause in words
   */
  public static DeviceChannel open() throws IOException {
    return new DeviceChannel(openDevice());
  }

  /**
   * A second queue of the same mount, so that two readers do not share locks in the kernel. INIT
   * must have been answered.
   */
  public DeviceChannel another() throws IOException {
    int other = openDevice();
    int r = Descriptors.ioctl(other, FUSE_DEV_IOC_CLONE, fd);
    if (r < 0) {
      Descriptors.close(other);
      throw new IOException("cannot clone the descriptor of " + DEVICE + ": errno " + -r);
    }
    return new DeviceChannel(other);
  }

  private static int openDevice() throws IOException {
    int fd = Descriptors.openReadWrite(DEVICE);
    if (fd < 0) {
      throw new IOException(
          "cannot open "
              + DEVICE
              + switch (-fd) {
                case ENOENT, ENODEV -> ": it is missing; load the kernel module with modprobe fuse";
                case 1, 13 -> ": permission denied; in a container the device must be passed in";
                default -> ": errno " + -fd;
              });
    }
    return fd;
  }

  /** For the options of mount(2). */
  public int fd() {
    return fd;
  }

  @Override
  public int receive(long address, int capacity, CallState state) throws IOException {
    while (true) {
      long n = Descriptors.read(fd, address, capacity, state);
      if (n >= 0) {
        return (int) n;
      }
      switch ((int) -n) {
        // ENOENT: the request was taken back while it was being read.
        case ENOENT, EINTR, EAGAIN -> {}
        case ENODEV, ECONNABORTED -> {
          return END;
        }
        default -> throw new IOException("read of " + DEVICE + " failed: errno " + -n);
      }
    }
  }

  @Override
  public int send(long address, int length, CallState state) {
    long n = Descriptors.write(fd, address, length, state);
    return n < 0 ? (int) n : 0;
  }

  @Override
  public void close() {
    Descriptors.close(fd);
  }
}
