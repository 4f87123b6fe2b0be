package io.troupe.actors.stream;

import io.aeron.Aeron;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.errors.Errno;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
    /** Success; the bytes are copied before it returns. */
    void ok(MemorySegment bytes);

    void failed(Errno errno, String detail);
  }

  /** One client. */
  private static final class Peer {
    final Sender sender;
    volatile long heardNanos = System.nanoTime();

    /** Requests and their bytes that are not answered yet. */
    final AtomicInteger requests = new AtomicInteger();

    final AtomicInteger bytes = new AtomicInteger();

    Peer(Sender sender) {
      this.sender = sender;
    }
  }

  private final StreamSettings settings;
  private final Handler handler;
  private final MediaDriver driver;
  private final Aeron aeron;
  private final Subscription ipc;
  private final Subscription udp;
  private final StreamEndpoint endpoint;
  private final BufferPool pool = new BufferPool();
  private final Map<Long, Peer> peers = new ConcurrentHashMap<>();
  private final Map<Long, StreamBuffer> filling = new ConcurrentHashMap<>();
  private final ExecutorService connecting =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("stream-connect").daemon().factory());
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final Thread poller;

  private ObjectStreamServer(
      StreamSettings settings,
      Handler handler,
      MediaDriver driver,
      Aeron aeron,
      String host,
      int port) {
    this.settings = settings;
    this.handler = handler;
    this.driver = driver;
    this.aeron = aeron;
    String directory = driver.aeronDirectoryName();
    String udpEndpoint = host + ":" + port;
    this.ipc = aeron.addSubscription("aeron:ipc", REQUEST_STREAM);
    this.udp = aeron.addSubscription("aeron:udp?endpoint=" + udpEndpoint, REQUEST_STREAM);
    this.endpoint = new StreamEndpoint(Drivers.hostId(), directory, udpEndpoint);
    this.poller = Thread.ofPlatform().name("stream-server").daemon().unstarted(this::poll);
    Wakeups.listen(Wakeups.key(directory, REQUEST_STREAM), poller);
  }

  /**
   * Starts the media driver and listens.
   *
   * @param host address that clients of other hosts reach it by
   */
  public static ObjectStreamServer start(StreamSettings settings, String host, Handler handler) {
    MediaDriver driver = Drivers.launch(settings.directory());
    try {
      Aeron aeron = Drivers.connect(driver.aeronDirectoryName());
      ObjectStreamServer server =
          new ObjectStreamServer(settings, handler, driver, aeron, host, freePort(host));
      server.poller.start();
      return server;
    } catch (RuntimeException e) {
      driver.close();
      throw e;
    }
  }

  static int freePort(String host) {
    try (DatagramSocket s =
        new DatagramSocket(new InetSocketAddress(InetAddress.getByName(host), 0))) {
      return s.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on " + host, e);
    }
  }

  public StreamEndpoint endpoint() {
    return endpoint;
  }

  private void poll() {
    Assembly assembly = new Assembly(new Requests());
    PollerIdle idle = new PollerIdle();
    long swept = System.nanoTime();
    while (running.get()) {
      int work = ipc.poll(assembly, FRAGMENTS_AT_ONCE) + udp.poll(assembly, FRAGMENTS_AT_ONCE);
      long now = System.nanoTime();
      if (now - swept > SWEEP_NANOS) {
        swept = now;
        sweep(now);
      }
      idle.idle(work);
    }
  }

  /** Clients that fell silent for long are forgotten. */
  private void sweep(long now) {
    long limit = settings.silence().toNanos() * 4;
    peers.forEach(
        (id, peer) -> {
          if (now - peer.heardNanos > limit && peers.remove(id, peer)) {
            connecting.execute(peer.sender::close);
          }
        });
  }

  /** What comes in. */
  private final class Requests implements Assembly.Target {
    @Override
    public Optional<MemorySegment> place(Frame frame) {
      if (frame.payloadLength() == 0) {
        return Optional.of(MemorySegment.NULL);
      }
      if (frame.kind() != Frame.Kind.HELLO && !peers.containsKey(frame.connection())) {
        return Optional.empty();
      }
      StreamBuffer buffer = pool.take(frame.payloadLength());
      StreamBuffer old = filling.put(frame.connection(), buffer);
      if (old != null) {
        old.close();
      }
      return Optional.of(buffer.segment());
    }

    @Override
    public boolean isWanted(Frame frame) {
      return true;
    }

    @Override
    public void damaged(Frame frame) {
      StreamBuffer buffer = filling.remove(frame.connection());
      if (buffer != null) {
        buffer.close();
      }
      LOG.warn("event=damaged-frame kind={} file={}", frame.kind(), frame.file());
      answer(frame, Errno.EIO, "the request was damaged on its way");
    }

    @Override
    public void complete(Frame frame, MemorySegment bytes) {
      StreamBuffer payload =
          Optional.ofNullable(filling.remove(frame.connection())).orElseGet(() -> pool.take(0));
      Peer peer = peers.get(frame.connection());
      if (peer != null) {
        peer.heardNanos = System.nanoTime();
      }
      switch (frame.kind()) {
        case READ, WRITE -> {
          if (peer == null) {
            payload.close();
          } else if (isOverWindow(peer, frame)) {
            payload.close();
            new Answer(peer, frame).failed(Errno.EBUSY, "more than the window is under way");
          } else {
            handler.onRequest(frame.toRequest(), payload, new Answer(peer, frame));
          }
          return;
        }
        case HELLO -> {
          String channel = StandardCharsets.UTF_8.decode(bytes.asByteBuffer()).toString();
          connecting.execute(() -> welcome(frame, channel));
        }
        case PING -> {
          if (peer != null) {
            peer.sender.send(
                Frame.control(Frame.Kind.PONG, frame.connection(), 0, 0, MemorySegment.NULL),
                MemorySegment.NULL);
          }
        }
        case BYE -> {
          if (peer != null && peers.remove(frame.connection(), peer)) {
            connecting.execute(peer.sender::close);
          }
        }
        case WELCOME, REPLY, PONG -> LOG.warn("event=unexpected-frame kind={}", frame.kind());
      }
      payload.close();
    }
  }

  /**
   * A client gives up on a request before the disk does: what it sends then comes on top. Twice the
   * window is the most that it can hold here.
   */
  private boolean isOverWindow(Peer peer, Frame frame) {
    int requests = peer.requests.incrementAndGet();
    int bytes = peer.bytes.addAndGet(frame.length());
    return requests > 2 * settings.windowRequests() || bytes > 2 * settings.windowBytes();
  }

  /** Opens the way back, and grants the window. A repeated hello is answered again. */
  private void welcome(Frame hello, String channel) {
    if (!running.get()) {
      return;
    }
    Peer peer =
        peers.computeIfAbsent(
            hello.connection(),
            id -> {
              Publication back = aeron.addPublication(channel, hello.length());
              return new Peer(
                  new Sender(back, Wakeups.key(driver.aeronDirectoryName(), hello.length())));
            });
    peer.heardNanos = System.nanoTime();
    peer.sender.send(
        Frame.control(
            Frame.Kind.WELCOME,
            hello.connection(),
            settings.windowBytes(),
            settings.windowRequests(),
            MemorySegment.NULL),
        MemorySegment.NULL);
  }

  private void answer(Frame request, Errno errno, String detail) {
    Peer peer = peers.get(request.connection());
    if (peer != null) {
      peer.requests.incrementAndGet();
      peer.bytes.addAndGet(request.length());
      new Answer(peer, request).failed(errno, detail);
    }
  }

  private record Answer(Peer peer, Frame request) implements Responder {
    private void answered() {
      peer.requests.decrementAndGet();
      peer.bytes.addAndGet(-request.length());
    }

    @Override
    public void ok(MemorySegment bytes) {
      answered();
      peer.sender.send(Frame.reply(request, 0, bytes), bytes);
    }

    @Override
    public void failed(Errno errno, String detail) {
      answered();
      MemorySegment text = MemorySegment.ofArray(detail.getBytes(StandardCharsets.UTF_8));
      peer.sender.send(Frame.reply(request, errno.code(), text), text);
    }
  }

  @Override
  public void close() {
    if (!running.compareAndSet(true, false)) {
      return;
    }
    Wakeups.forget(Wakeups.key(driver.aeronDirectoryName(), REQUEST_STREAM));
    connecting.shutdown();
    try {
      poller.join(5_000);
      connecting.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    CloseHelper.closeAll(aeron, driver);
  }
}
