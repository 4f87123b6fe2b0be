package io.troupe.actors.stream;

import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's end of the object streams: a connection per OSD, made on first use and made anew when
 * it was lost, all served by one thread. Thread-safe.
 */
public final class ObjectStreamClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectStreamClient.class);
  private static final String CLOSED = "the client is closed";
  private static final long SWEEP_NANOS = 1_000_000_000;

  private final StreamSettings settings;

  /** Servers of this process are called without a stream. */
  private final boolean direct;

  private final String hostId = Addresses.hostId();
  private final Map<StreamEndpoint, Link> connections = new ConcurrentHashMap<>();
  private final List<Link> polled = new CopyOnWriteArrayList<>();
  private final ExecutorService connecting =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().name("stream-connect-", 0).daemon().factory());
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final PollerIdle idle = new PollerIdle();
  private final Thread poller;
  private long sweptNanos = System.nanoTime();
  private Drivers.@Nullable Driver ownDriver;

  private ObjectStreamClient(StreamSettings settings, boolean direct) {
    this.settings = settings;
    this.direct = direct;
    this.poller = Thread.ofPlatform().name("stream-client").daemon().unstarted(this::poll);
  }

  /** By streams to all OSDs. */
  public static ObjectStreamClient start(StreamSettings settings) {
    return start(settings, false);
  }

  /** By streams to OSDs of other processes, while those of this one are called directly. */
  public static ObjectStreamClient startBesideServers(StreamSettings settings) {
    return start(settings, true);
  }

  private static ObjectStreamClient start(StreamSettings settings, boolean direct) {
    ObjectStreamClient client = new ObjectStreamClient(settings, direct);
    client.poller.start();
    return client;
  }

  /**
   * Writes a range of an object.
   *
   * @param payload of the request's length; not to be changed before the stage completes
   * @return failures are values, EIO where the OSD does not answer in time
   */
  public CompletionStage<Result<Transfer>> write(
      StreamEndpoint osd, ObjectRequest request, MemorySegment payload) {
    return request(osd, new Pending(request, payload, MemorySegment.NULL));
  }

  /**
   * Reads a range of an object.
   *
   * @param destination of the request's length; written to until the stage completes, never after
   */
  public CompletionStage<Result<Transfer>> read(
      StreamEndpoint osd, ObjectRequest request, MemorySegment destination) {
    return request(osd, new Pending(request, MemorySegment.NULL, destination));
  }

  private CompletionStage<Result<Transfer>> request(StreamEndpoint osd, Pending pending) {
    if (!running.get()) {
      return CompletableFuture.completedFuture(Result.failed(Errno.EIO, CLOSED));
    }
    Link c = connections.get(osd);
    if (c == null || c.isReplaceable(System.nanoTime())) {
      c = connections.compute(osd, this::connectUnlessDone);
    }
    c.submit(pending);
    return pending.done();
  }

  private Link connectUnlessDone(StreamEndpoint osd, @Nullable Link current) {
    if (current != null && !current.isReplaceable(System.nanoTime())) {
      return current;
    }
    Optional<ObjectStreamServer> here =
        direct && osd.hostId().equals(hostId)
            ? ObjectStreamServer.ofThisProcess(osd)
            : Optional.empty();
    CompletableFuture<Route> routing = new CompletableFuture<>();
    Link c =
        here.<Link>map(server -> new InProcess(osd, server, settings))
            .orElseGet(() -> new Connection(osd, settings, routing, idle));
    synchronized (polled) {
      if (running.get()) {
        polled.add(c);
        if (here.isEmpty()) {
          var unused = routing.completeAsync(() -> route(osd), connecting);
        }
      } else {
        // The poller will not see it any more.
        c.close(CLOSED, connecting);
      }
    }
    return c;
  }

  private Route route(StreamEndpoint osd) {
    if (!osd.hostId().equals(hostId) || !Files.isDirectory(Path.of(osd.driverDirectory()))) {
      return Route.overUdp(osd, ownDriver());
    }
    if (!Drivers.isAlive(osd.driverDirectory())) {
      // Found at once, while Aeron would wait for it for ten seconds.
      throw new IllegalStateException("its process has ended");
    }
    return Route.overIpc(osd);
  }

  private synchronized Drivers.Driver ownDriver() {
    if (ownDriver == null) {
      ownDriver = Drivers.launch(settings.directory());
    }
    return ownDriver;
  }

  private void poll() {
    try {
      while (running.get()) {
        idle.idle(pollOnce(System.nanoTime()), outlook());
      }
    } finally {
      List<Link> all;
      synchronized (polled) {
        running.set(false);
        all = List.copyOf(polled);
      }
      all.forEach(c -> c.close(CLOSED, connecting));
    }
  }

  private long pollOnce(long now) {
    long work = 0;
    List<Link> ended = new ArrayList<>(0);
    for (Link c : polled) {
      work += c.poll(now);
      if (c.hasEnded()) {
        LOG.debug("event=connection-ended cause={}", c.end());
        c.close("", connecting);
        ended.add(c);
      }
    }
    if (!ended.isEmpty()) {
      polled.removeAll(ended);
    }
    if (now - sweptNanos > SWEEP_NANOS) {
      sweptNanos = now;
      connections.values().removeIf(c -> c.isReplaceable(now));
    }
    return work;
  }

  private PollerIdle.Outlook outlook() {
    PollerIdle.Outlook most = PollerIdle.Outlook.NOTHING;
    for (Link c : polled) {
      PollerIdle.Outlook o = c.outlook();
      most = o.compareTo(most) < 0 ? o : most;
    }
    return most;
  }

  @Override
  public void close() {
    running.set(false);
    idle.wake();
    try {
      poller.join(5_000);
      connecting.shutdown();
      connecting.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Drivers.@Nullable Driver driver;
    synchronized (this) {
      driver = ownDriver;
    }
    CloseHelper.close(driver);
  }
}
