package io.troupe.actors.stream;

import io.aeron.driver.MediaDriver;
import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

  private final StreamSettings settings;
  private final String hostId = Drivers.hostId();
  private final Map<StreamEndpoint, CompletableFuture<Connection>> connections =
      new ConcurrentHashMap<>();
  private final List<Connection> polled = new CopyOnWriteArrayList<>();
  private final ExecutorService connecting =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().name("stream-connect-", 0).daemon().factory());
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final Thread poller;
  private @Nullable MediaDriver ownDriver;

  private ObjectStreamClient(StreamSettings settings) {
    this.settings = settings;
    this.poller = Thread.ofPlatform().name("stream-client").daemon().unstarted(this::poll);
  }

  public static ObjectStreamClient start(StreamSettings settings) {
    ObjectStreamClient client = new ObjectStreamClient(settings);
    client.poller.start();
    return client;
  }

  /**
   * Writes a range of an object.
   *
   * @param payload of the request's length; not to be changed before the stage completes
   * @return the length; failures are values, EIO where the OSD does not answer in time
   */
  public CompletionStage<Result<Integer>> write(
      StreamEndpoint osd, ObjectRequest request, MemorySegment payload) {
    return request(osd, new Pending(request, payload, MemorySegment.NULL));
  }

  /**
   * Reads a range of an object.
   *
   * @param destination of the request's length; written to until the stage completes, never after
   */
  public CompletionStage<Result<Integer>> read(
      StreamEndpoint osd, ObjectRequest request, MemorySegment destination) {
    return request(osd, new Pending(request, MemorySegment.NULL, destination));
  }

  private CompletionStage<Result<Integer>> request(StreamEndpoint osd, Pending pending) {
    if (!running.get()) {
      return CompletableFuture.completedFuture(Result.failed(Errno.EIO, "the client is closed"));
    }
    CompletableFuture<Connection> connection = connections.get(osd);
    if (connection == null || hasEnded(connection)) {
      connection = reconnect(osd);
    }
    if (connection.isDone() && !connection.isCompletedExceptionally()) {
      connection.join().submit(pending);
    } else {
      var unused =
          connection.whenComplete(
              (c, failure) -> {
                if (failure == null) {
                  c.submit(pending);
                } else {
                  pending.fail(Errno.EIO, "cannot reach the OSD at " + osd.udp());
                }
              });
    }
    return pending.done();
  }

  private static boolean hasEnded(CompletableFuture<Connection> c) {
    return c.isCompletedExceptionally() || (c.isDone() && c.join().isDead());
  }

  private CompletableFuture<Connection> reconnect(StreamEndpoint osd) {
    return connections.compute(
        osd,
        (endpoint, current) ->
            current != null && !hasEnded(current)
                ? current
                : CompletableFuture.supplyAsync(() -> connect(endpoint), connecting));
  }

  private Connection connect(StreamEndpoint osd) {
    boolean sameHost =
        osd.hostId().equals(hostId) && Files.isDirectory(Path.of(osd.driverDirectory()));
    Connection c =
        sameHost
            ? Connection.overIpc(osd, Drivers.connect(osd.driverDirectory()), settings)
            : Connection.overUdp(osd, Drivers.connect(ownDriver()), settings);
    try {
      polled.add(c);
      Wakeups.listen(c.wakeupKey(), poller);
      c.awaitWelcome();
      LOG.debug("osd={} event=connected over={}", osd.udp(), sameHost ? "ipc" : "udp");
      return c;
    } catch (RuntimeException e) {
      end(c, "no welcome");
      throw e;
    }
  }

  private synchronized String ownDriver() {
    if (ownDriver == null) {
      ownDriver = Drivers.launch(settings.directory());
    }
    return ownDriver.aeronDirectoryName();
  }

  private void poll() {
    PollerIdle idle = new PollerIdle();
    while (running.get()) {
      int work = 0;
      long now = System.nanoTime();
      for (Connection c : polled) {
        work += c.poll(now);
        if (c.isDead()) {
          end(c, "lost");
        }
      }
      idle.idle(work);
    }
    for (Connection c : polled) {
      end(c, "the client is closed");
    }
  }

  /** No request of it may touch memory any more once it has been told of the failure. */
  private void end(Connection c, String why) {
    if (polled.remove(c)) {
      Wakeups.forget(c.wakeupKey());
      c.kill(why);
      connecting.execute(c::close);
    }
  }

  @Override
  public void close() {
    if (!running.compareAndSet(true, false)) {
      return;
    }
    try {
      poller.join(5_000);
      connecting.shutdown();
      connecting.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    MediaDriver driver;
    synchronized (this) {
      driver = ownDriver;
    }
    CloseHelper.close(driver);
  }
}
