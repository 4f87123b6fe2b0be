package io.troupe.actors.stream;

import io.troupe.actors.directory.StreamEndpoint;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How a client reaches an OSD and is reached by it.
 *
 * @param remotePeers of the driver that it goes through, empty of meaning within a host
 */
record Route(
    SharedAeron client,
    String requests,
    String replies,
    Wakeups.Key listener,
    boolean sameHost,
    AtomicInteger remotePeers)
    implements AutoCloseable {

  /** Through the OSD's own driver. Blocks while it connects to that. */
  static Route overIpc(StreamEndpoint osd) {
    return new Route(
        SharedAeron.of(osd.driverDirectory()),
        ReplyChannel.IPC,
        ReplyChannel.IPC,
        new Wakeups.Key(osd.driverDirectory(), ObjectStreamServer.REQUEST_STREAM),
        true,
        new AtomicInteger());
  }

  /** Through this process's driver and the network. Blocks while the OSD's name is looked up. */
  static Route overUdp(StreamEndpoint osd, Drivers.Driver own) {
    InetSocketAddress there = Addresses.resolve(osd.udp());
    String here = Addresses.freePortTowards(there);
    SharedAeron client = SharedAeron.of(own.directory());
    own.remotePeers.incrementAndGet();
    return new Route(
        client,
        ReplyChannel.udp(Addresses.text(there)),
        ReplyChannel.udp(here),
        Wakeups.Key.ofDriver(own.directory()),
        false,
        own.remotePeers);
  }

  @Override
  public void close() {
    remotePeers.decrementAndGet();
    client.close();
  }
}
