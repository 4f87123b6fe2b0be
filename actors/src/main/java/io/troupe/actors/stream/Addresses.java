package io.troupe.actors.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Addresses as Aeron takes them: always numbers, so that a driver never waits for a name server.
 */
final class Addresses {
  private Addresses() {}

  /** The same for processes that share memory. */
  static String hostId() {
    try {
      String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
      return boot + "/" + InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return UUID.randomUUID().toString();
    }
  }

  /** Blocks while a name is looked up. */
  static InetSocketAddress resolve(String hostPort) {
    int colon = hostPort.lastIndexOf(':');
    String host = hostPort.substring(0, Math.max(0, colon));
    InetSocketAddress a =
        new InetSocketAddress(host, Integer.parseInt(hostPort.substring(colon + 1)));
    if (a.isUnresolved()) {
      throw new IllegalArgumentException("unknown host " + host);
    }
    return a;
  }

  static String text(InetSocketAddress a) {
    return text(a.getAddress()) + ":" + a.getPort();
  }

  private static String text(InetAddress a) {
    return a instanceof Inet6Address ? "[" + a.getHostAddress() + "]" : a.getHostAddress();
  }

  /** An unused port of this host's address by which that one is reached. */
  static String freePortTowards(InetSocketAddress other) {
    try (DatagramSocket s = new DatagramSocket()) {
      s.connect(other);
      return freePort(s.getLocalAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("no way to " + text(other), e);
    }
  }

  static String freePort(String host) {
    try {
      return freePort(InetAddress.getByName(host));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on " + host, e);
    }
  }

  private static String freePort(InetAddress host) throws IOException {
    try (DatagramSocket s = new DatagramSocket(new InetSocketAddress(host, 0))) {
      return text(host) + ":" + s.getLocalPort();
    }
  }
}
