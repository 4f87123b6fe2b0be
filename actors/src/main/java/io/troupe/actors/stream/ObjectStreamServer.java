package io.troupe.actors.stream;

import io.aeron.ConcurrentPublication;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.errors.Errno;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An OSD's end of the object streams: an embedded media driver, a thread that takes requests in. A
 * client's requests under way are bounded by the window that it was granted, and with them the
 * buffers.
 */
public final class ObjectStreamServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectStreamServer.class);

  static final int REQUEST_STREAM = 7_001;
  private static final int FRAGMENTS_AT_ONCE = 32;
  private static final long SWEEP_NANOS = 1_000_000_000;

  /** Carries a request out. */
  public interface Handler {
    /**
     * Called on the thread that takes requests in: must not block.
     *
     * @param payload verified bytes of a write, empty for a read; to be closed
     */
    void onRequest(ObjectRequest request, StreamBuffer payload, Responder responder);
  }

  /** Answers one request, once, from any thread. */
  public interface Responder {
    /**
     * Success; the bytes are copied before it returns.
     *
     * @param incarnation of the replica that carried the request out
     */
    void ok(MemorySegment bytes, long incarnation);

    void failed(Errno errno, String detail);
  }

  /** A client that said hello and whose way back is being made. */
  private record Opening(
      Frame hello, String channel, Peer.Origin origin, long publication, long deadlineNanos) {}

  /** Those of this process that serve, by driver: whoever is here as well needs no stream. */
  private static final Map<String, ObjectStreamServer> HERE = new ConcurrentHashMap<>();

  private final StreamSettings settings;
  private final Handler handler;
  private final Drivers.Driver driver;
  private final SharedAeron client;
  private final Subscription ipc;
  private final Subscription udp;
  private final StreamEndpoint endpoint;
  private final BufferPool pool = new BufferPool();
  private final PollerIdle idle = new PollerIdle();
  private final Wakeups.Key wakeup;
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final Thread poller;

  /** Peers with replies that wait, or that are lost. */
  private final Set<Peer> attention = ConcurrentHashMap.newKeySet();

  // Of the polling thread.
  private final Map<Long, Peer> peers = new HashMap<>();
  private final Map<Long, Opening> openings = new HashMap<>();
  private long now = System.nanoTime();
  private long sweptNanos = now;
  private int refused;

  /** Peers of other processes, which cannot wake this one. */
  private int others;

  private ObjectStreamServer(
      StreamSettings settings,
      Handler handler,
      Drivers.Driver driver,
      SharedAeron client,
      String address) {
    this.settings = settings;
    this.handler = handler;
    this.driver = driver;
    this.client = client;
    this.ipc = client.aeron().addSubscription(ReplyChannel.IPC, REQUEST_STREAM);
    this.udp = client.aeron().addSubscription(ReplyChannel.udp(address), REQUEST_STREAM);
    this.endpoint = new StreamEndpoint(Addresses.hostId(), driver.directory(), address);
    this.poller = Thread.ofPlatform().name("stream-server").daemon().unstarted(this::poll);
    this.wakeup = new Wakeups.Key(driver.directory(), REQUEST_STREAM);
    Wakeups.listen(wakeup, idle::wake);
  }

  /**
   * Starts the media driver and listens.
   *
   * @param host address that clients of other hosts reach it by
   */
  public static ObjectStreamServer start(StreamSettings settings, String host, Handler handler) {
    Drivers.Driver driver = Drivers.launch(settings.directory());
    try {
      SharedAeron client = SharedAeron.of(driver.directory());
      try {
        ObjectStreamServer server =
            new ObjectStreamServer(settings, handler, driver, client, Addresses.freePort(host));
        server.poller.start();
        HERE.put(driver.directory(), server);
        return server;
      } catch (RuntimeException e) {
        client.close();
        throw e;
      }
    } catch (RuntimeException e) {
      driver.close();
      throw e;
    }
  }

  public StreamEndpoint endpoint() {
    return endpoint;
  }

  /** The server that listens there, if that is one of this process and still serves. */
  static Optional<ObjectStreamServer> ofThisProcess(StreamEndpoint endpoint) {
    return Optional.ofNullable(HERE.get(endpoint.driverDirectory()))
        .filter(s -> s.endpoint.equals(endpoint) && s.isRunning());
  }

  StreamSettings settings() {
    return settings;
  }

  boolean isRunning() {
    return running.get();
  }

  /** Takes a request of this process in, on the calling thread; its bytes are copied. */
  void take(ObjectRequest request, MemorySegment bytes, Responder responder) {
    StreamBuffer payload = StreamBuffer.empty(pool);
    if (bytes.byteSize() > 0) {
      payload = pool.take((int) bytes.byteSize());
      payload.segment().copyFrom(bytes);
    }
    try {
      handler.onRequest(request, payload, responder);
    } catch (RuntimeException e) {
      LOG.error("event=request-not-taken file={}", request.file(), e);
      responder.failed(Errno.EIO, "the OSD could not take the request");
    }
  }

  private void poll() {
    Assembly fromHost = new Assembly(new Requests(true));
    Assembly fromNetwork = new Assembly(new Requests(false));
    while (running.get()) {
      now = System.nanoTime();
      ipc.poll(fromHost, FRAGMENTS_AT_ONCE);
      udp.poll(fromNetwork, FRAGMENTS_AT_ONCE);
      boolean pressing = attend();
      long opened = open();
      if (now - sweptNanos > SWEEP_NANOS) {
        sweptNanos = now;
        sweep();
        fromHost.retain(session -> ipc.imageBySessionId(session) != null);
        fromNetwork.retain(session -> udp.imageBySessionId(session) != null);
      }
      idle.idle(fromHost.takeTraffic() + fromNetwork.takeTraffic() + opened, outlook(pressing));
    }
  }

  private PollerIdle.Outlook outlook(boolean pressing) {
    if (pressing || !openings.isEmpty()) {
      return PollerIdle.Outlook.PRESSING;
    }
    // The first hello of another process waits for a long park.
    return others == 0 ? PollerIdle.Outlook.NOTHING : PollerIdle.Outlook.OPEN;
  }

  /** Sends replies that waited; whether some still do. */
  private boolean attend() {
    if (attention.isEmpty()) {
      return false;
    }
    for (Iterator<Peer> i = attention.iterator(); i.hasNext(); ) {
      Peer peer = i.next();
      // Taken out before it is looked at: what comes in between puts it back.
      i.remove();
      if (!peer.drain(now)) {
        attention.add(peer);
      }
      if (peer.isLost() && peers.values().remove(peer)) {
        LOG.debug("event=peer-lost origin={}", peer.origin());
        drop(peer);
      }
    }
    return !attention.isEmpty();
  }

  /** Clients that are gone, or fell silent, are forgotten. */
  private void sweep() {
    for (Iterator<Peer> i = peers.values().iterator(); i.hasNext(); ) {
      Peer peer = i.next();
      if (peer.isLost() || peer.isSilent(now)) {
        i.remove();
        drop(peer);
      }
    }
    if (refused > 0) {
      LOG.warn("event=hello-refused count={} cause=peers limit={}", refused, settings.maxPeers());
      refused = 0;
    }
  }

  private void drop(Peer peer) {
    peer.close();
    attention.remove(peer);
    others -= peer.isSameProcess() ? 0 : 1;
    if (!peer.origin().sameHost()) {
      driver.remotePeers.decrementAndGet();
    }
  }

  // ---- hello and welcome

  private void hello(Frame hello, String channel, Peer.Origin origin) {
    Peer known = peers.get(hello.connection());
    if (known != null) {
      if (known.origin().equals(origin)) {
        welcome(known, hello);
      }
      return;
    }
    if (openings.containsKey(hello.connection())) {
      return;
    }
    if (peers.size() + openings.size() >= settings.maxPeers()) {
      // Said once a second by the sweep: a client repeats its hello.
      refused++;
      return;
    }
    try {
      ReplyChannel.check(channel, source(origin));
    } catch (IllegalArgumentException e) {
      LOG.warn("event=hello-refused cause={}", e.getMessage());
      return;
    }
    long publication;
    try {
      publication = client.aeron().asyncAddPublication(channel, hello.length());
    } catch (AeronException e) {
      LOG.warn("event=hello-refused channel={} cause={}", channel, e.getMessage());
      return;
    }
    Wakeups.wake(Wakeups.Key.ofDriver(driver.directory()));
    openings.put(
        hello.connection(),
        new Opening(
            hello, channel, origin, publication, now + settings.connectTimeout().toNanos()));
  }

  private String source(Peer.Origin origin) {
    Image image = origin.sameHost() ? null : udp.imageBySessionId(origin.session());
    return image == null ? ReplyChannel.IPC : image.sourceIdentity();
  }

  /** Ways back that have been made since; how many. */
  private long open() {
    if (openings.isEmpty()) {
      return 0;
    }
    long opened = 0;
    for (Iterator<Opening> i = openings.values().iterator(); i.hasNext(); ) {
      Opening o = i.next();
      try {
        ConcurrentPublication p = client.aeron().getPublication(o.publication);
        if (p != null) {
          i.remove();
          opened++;
          accept(o, p);
        } else if (now - o.deadlineNanos > 0) {
          i.remove();
          client.aeron().asyncRemovePublication(o.publication);
        }
      } catch (AeronException e) {
        i.remove();
        LOG.warn("event=hello-refused channel={} cause={}", o.channel, e.getMessage());
      }
    }
    return opened;
  }

  private void accept(Opening o, ConcurrentPublication p) {
    Wakeups.Key listener =
        o.origin.sameHost()
            ? new Wakeups.Key(driver.directory(), o.hello.length())
            : Wakeups.Key.ofDriver(driver.directory());
    boolean sameProcess = o.origin.sameHost() && Wakeups.isHere(listener);
    Peer peer = new Peer(o.origin, sameProcess, new Sender(p, listener), pool, settings, now);
    peers.put(o.hello.connection(), peer);
    others += sameProcess ? 0 : 1;
    if (!o.origin.sameHost()) {
      driver.remotePeers.incrementAndGet();
    }
    if (p.isConnected()) {
      welcome(peer, o.hello);
    }
  }

  /** If it does not get through, the client says hello again. */
  private void welcome(Peer peer, Frame hello) {
    peer.heard(now);
    Outgoing.Sent unused =
        peer.send(
            Frame.control(
                Frame.Kind.WELCOME,
                hello.connection(),
                settings.windowBytes(),
                settings.windowRequests(),
                MemorySegment.NULL));
  }

  // ---- requests and their answers

  /** What comes in, over shared memory or the network. */
  private final class Requests implements Assembly.Target {
    private final boolean sameHost;

    Requests(boolean sameHost) {
      this.sameHost = sameHost;
    }

    @Override
    public Optional<Assembly.Slot> begin(Frame frame, int session) {
      Peer.Origin origin = new Peer.Origin(sameHost, session);
      if (frame.kind() == Frame.Kind.HELLO) {
        return Optional.of(new Hello(frame, origin));
      }
      Peer peer = peers.get(frame.connection());
      if (peer == null || !peer.origin().equals(origin)) {
        return Optional.empty();
      }
      peer.heard(now);
      switch (frame.kind()) {
        case READ, WRITE -> {
          if (peer.admit(frame)) {
            return Optional.of(new Incoming(frame, peer));
          }
          refuse(frame, peer);
        }
        case PING -> {
          Frame pong = Frame.control(Frame.Kind.PONG, frame.connection(), 0, 0, MemorySegment.NULL);
          // Where there is no room for it, replies are on their way, which serve as well.
          if (peer.send(pong) == Outgoing.Sent.GONE) {
            peers.remove(frame.connection());
            drop(peer);
          }
        }
        case BYE -> {
          peers.remove(frame.connection());
          drop(peer);
        }
        case HELLO, WELCOME, REPLY, PONG ->
            LOG.warn("event=unexpected-frame kind={}", frame.kind());
      }
      return Optional.empty();
    }

    /** It is not under way, and so its answer cannot wait either. */
    private void refuse(Frame frame, Peer peer) {
      Frame busy = Frame.reply(frame, Errno.EBUSY.code(), MemorySegment.NULL);
      if (peer.send(busy) != Outgoing.Sent.DONE && peers.remove(frame.connection(), peer)) {
        LOG.warn("event=peer-dropped cause=window-exceeded");
        drop(peer);
      }
    }
  }

  private final class Hello implements Assembly.Slot {
    private final Frame frame;
    private final Peer.Origin origin;
    private final MemorySegment channel;

    Hello(Frame frame, Peer.Origin origin) {
      this.frame = frame;
      this.origin = origin;
      this.channel = MemorySegment.ofArray(new byte[frame.payloadLength()]);
    }

    @Override
    public MemorySegment memory() {
      return channel;
    }

    @Override
    public boolean isWanted() {
      return true;
    }

    @Override
    public void complete() {
      hello(frame, Frame.text(channel), origin);
    }

    @Override
    public void damaged(String why) {
      LOG.warn("event=hello-refused cause={}", why);
    }
  }

  /** An admitted request. */
  private final class Incoming implements Assembly.Slot {
    private final Frame frame;
    private final Peer peer;
    private final StreamBuffer payload;

    Incoming(Frame frame, Peer peer) {
      this.frame = frame;
      this.peer = peer;
      this.payload =
          frame.payloadLength() == 0 ? StreamBuffer.empty(pool) : pool.take(frame.payloadLength());
    }

    @Override
    public MemorySegment memory() {
      return payload.segment();
    }

    @Override
    public boolean isWanted() {
      return true;
    }

    @Override
    public void complete() {
      Answer answer = new Answer(peer, frame);
      try {
        handler.onRequest(frame.toRequest(), payload, answer);
      } catch (RuntimeException e) {
        // Nobody else will answer it.
        answer.failed(Errno.EIO, "the OSD could not take the request");
        throw e;
      }
    }

    @Override
    public void damaged(String why) {
      payload.close();
      LOG.warn("event=damaged-frame kind={} file={} cause={}", frame.kind(), frame.file(), why);
      new Answer(peer, frame).failed(Errno.EIO, "the request is damaged: " + why);
    }
  }

  private final class Answer implements Responder {
    private final Peer peer;
    private final Frame request;
    private final AtomicBoolean given = new AtomicBoolean();

    Answer(Peer peer, Frame request) {
      this.peer = peer;
      this.request = request;
    }

    @Override
    public void ok(MemorySegment bytes, long incarnation) {
      int expected = request.kind() == Frame.Kind.READ ? request.length() : 0;
      if (bytes.byteSize() == expected) {
        give(0, incarnation, bytes);
      } else {
        failed(Errno.EIO, "answered with " + bytes.byteSize() + " bytes of " + expected);
      }
    }

    @Override
    public void failed(Errno errno, String detail) {
      give(errno.code(), 0, Frame.text(detail));
    }

    private void give(int errno, long incarnation, MemorySegment bytes) {
      // A second answer would give credit back that belongs to another request.
      if (given.compareAndSet(false, true)
          && peer.reply(
              Frame.reply(request, errno, incarnation, bytes), bytes, System.nanoTime())) {
        attention.add(peer);
        idle.wake();
      }
    }
  }

  @Override
  public void close() {
    if (!running.compareAndSet(true, false)) {
      return;
    }
    HERE.remove(driver.directory(), this);
    Wakeups.forget(wakeup);
    idle.wake();
    try {
      poller.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    CloseHelper.closeAll(ipc, udp);
    peers.values().forEach(Peer::close);
    CloseHelper.closeAll(client, driver);
  }
}
