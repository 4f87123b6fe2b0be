package io.troupe.actors.stream;

import io.aeron.Aeron;
import io.aeron.Subscription;
import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.agrona.CloseHelper;

/**
 * One client's connection to one OSD. Requests are put into the window by any thread under the
 * connection's lock; replies, timeouts and the end are handled by the client's one polling thread,
 * so that a destination is never written to after its request was answered.
 */
final class Connection implements Assembly.Target {
  private static final int FRAGMENTS_AT_ONCE = 32;
  private static final long PING_NANOS = 1_000_000_000;
  private static final long WELCOME_SECONDS = 3;

  private final StreamEndpoint osd;
  private final StreamSettings settings;
  private final Aeron aeron;
  private final Subscription replies;
  private final Sender requests;
  private final String replyChannel;
  private final int replyStream;
  private final String wakeupKey;
  private final long id = ThreadLocalRandom.current().nextLong();
  private final Assembly assembly = new Assembly(this);
  private final CompletableFuture<Boolean> welcome = new CompletableFuture<>();

  // Under the lock of this.
  private final Map<Long, Pending> underWay = new HashMap<>();
  private final Deque<Pending> queued = new ArrayDeque<>();
  private long nextCorrelation;
  private int bytesUnderWay;
  private int windowBytes;
  private int windowRequests;
  private boolean dead;

  // Of the polling thread.
  private long heardNanos = System.nanoTime();
  private long pingedNanos;
  private MemorySegment text = MemorySegment.NULL;

  private Connection(
      StreamEndpoint osd,
      StreamSettings settings,
      Aeron aeron,
      String requestChannel,
      String replyChannel,
      String requestWakeup) {
    this.osd = osd;
    this.settings = settings;
    this.aeron = aeron;
    this.replyChannel = replyChannel;
    this.replyStream = ThreadLocalRandom.current().nextInt(10_000, Integer.MAX_VALUE);
    this.replies = aeron.addSubscription(replyChannel, replyStream);
    this.requests =
        new Sender(
            aeron.addPublication(requestChannel, ObjectStreamServer.REQUEST_STREAM), requestWakeup);
    this.wakeupKey = Wakeups.key(aeron.context().aeronDirectoryName(), replyStream);
  }

  /** Through the OSD's own driver. */
  static Connection overIpc(StreamEndpoint osd, Aeron aeron, StreamSettings settings) {
    return new Connection(
        osd,
        settings,
        aeron,
        "aeron:ipc",
        "aeron:ipc",
        Wakeups.key(osd.driverDirectory(), ObjectStreamServer.REQUEST_STREAM));
  }

  /** Through this process's driver and the network. */
  static Connection overUdp(StreamEndpoint osd, Aeron aeron, StreamSettings settings) {
    String here = addressTowards(osd.udp());
    String back = "aeron:udp?endpoint=" + here + ":" + ObjectStreamServer.freePort(here);
    return new Connection(osd, settings, aeron, "aeron:udp?endpoint=" + osd.udp(), back, "");
  }

  private static String addressTowards(String hostPort) {
    int colon = hostPort.lastIndexOf(':');
    try (DatagramSocket s = new DatagramSocket()) {
      s.connect(
          new InetSocketAddress(
              hostPort.substring(0, colon), Integer.parseInt(hostPort.substring(colon + 1))));
      return s.getLocalAddress().getHostAddress();
    } catch (IOException e) {
      throw new UncheckedIOException("no way to " + hostPort, e);
    }
  }

  String wakeupKey() {
    return wakeupKey;
  }

  /** Says hello until it is answered. Throws {@link IllegalStateException} where it is not. */
  void awaitWelcome() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WELCOME_SECONDS);
    while (System.nanoTime() < end) {
      byte[] channel = replyChannel.getBytes(StandardCharsets.UTF_8);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment payload =
            arena.allocateFrom(java.lang.foreign.ValueLayout.JAVA_BYTE, channel);
        requests.send(Frame.control(Frame.Kind.HELLO, id, replyStream, 0, payload), payload);
      }
      try {
        welcome.get(50, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        // The publication may not have been connected yet.
      } catch (ExecutionException | InterruptedException e) {
        throw new IllegalStateException("no welcome from " + osd.udp(), e);
      }
    }
    throw new IllegalStateException("no welcome from " + osd.udp());
  }

  // ---- requests

  void submit(Pending pending) {
    Errno refusal;
    synchronized (this) {
      if (dead) {
        refusal = Errno.EIO;
      } else if (queued.isEmpty() && fits(pending)) {
        send(pending);
        return;
      } else if (queued.size() < settings.maxQueued()) {
        pending.deadlineNanos = System.nanoTime() + settings.requestTimeout().toNanos();
        queued.add(pending);
        return;
      } else {
        refusal = Errno.EBUSY;
      }
    }
    pending.fail(
        refusal,
        refusal == Errno.EIO
            ? "the connection to the OSD at " + osd.udp() + " is lost"
            : "too many requests wait for the OSD at " + osd.udp());
  }

  private boolean fits(Pending p) {
    return underWay.size() < windowRequests && bytesUnderWay + p.bytes() <= windowBytes;
  }

  private void send(Pending p) {
    long correlation = nextCorrelation++;
    p.deadlineNanos = System.nanoTime() + settings.requestTimeout().toNanos();
    underWay.put(correlation, p);
    bytesUnderWay += p.bytes();
    if (!requests.send(Frame.request(id, correlation, p.request(), p.payload()), p.payload())) {
      dead = true;
    }
  }

  private synchronized Optional<Pending> finish(long correlation) {
    Pending p = underWay.remove(correlation);
    if (p != null) {
      bytesUnderWay -= p.bytes();
      while (!dead && !queued.isEmpty() && fits(queued.peek())) {
        send(queued.remove());
      }
    }
    return Optional.ofNullable(p);
  }

  // ---- the polling thread

  int poll(long now) {
    int work = replies.poll(assembly, FRAGMENTS_AT_ONCE);
    if (work > 0) {
      heardNanos = now;
    }
    if (now - pingedNanos > PING_NANOS && welcome.isDone()) {
      pingedNanos = now;
      requests.send(
          Frame.control(Frame.Kind.PING, id, 0, 0, MemorySegment.NULL), MemorySegment.NULL);
      expire(now);
    }
    if (now - heardNanos > settings.silence().toNanos() && welcome.isDone()) {
      synchronized (this) {
        dead = true;
      }
    }
    return work;
  }

  private void expire(long now) {
    List<Pending> late = new ArrayList<>();
    synchronized (this) {
      List<Long> expired = new ArrayList<>();
      underWay.forEach(
          (c, p) -> {
            if (now - p.deadlineNanos > 0) {
              expired.add(c);
            }
          });
      for (long c : expired) {
        finish(c).ifPresent(late::add);
      }
      queued.removeIf(
          p -> {
            boolean over = now - p.deadlineNanos > 0;
            if (over) {
              late.add(p);
            }
            return over;
          });
    }
    late.forEach(
        p ->
            p.fail(
                Errno.EIO,
                "no answer from the OSD at "
                    + osd.udp()
                    + " within "
                    + settings.requestTimeout().toMillis()
                    + " ms"));
  }

  @Override
  public Optional<MemorySegment> place(Frame frame) {
    if (frame.kind() != Frame.Kind.REPLY) {
      return Optional.of(MemorySegment.NULL);
    }
    Pending p;
    synchronized (this) {
      p = underWay.get(frame.correlation());
    }
    if (p == null) {
      return Optional.empty();
    }
    if (frame.errno() != 0) {
      text = MemorySegment.ofArray(new byte[frame.payloadLength()]);
      return Optional.of(text);
    }
    return frame.payloadLength() == p.destination().byteSize()
        ? Optional.of(p.destination())
        : Optional.empty();
  }

  @Override
  public synchronized boolean isWanted(Frame frame) {
    return frame.kind() != Frame.Kind.REPLY || underWay.containsKey(frame.correlation());
  }

  @Override
  public void complete(Frame frame, MemorySegment payload) {
    switch (frame.kind()) {
      case WELCOME -> {
        synchronized (this) {
          windowBytes = frame.length();
          windowRequests = frame.offset();
        }
        welcome.complete(true);
      }
      case REPLY ->
          finish(frame.correlation())
              .ifPresent(
                  p -> {
                    if (frame.errno() == 0) {
                      p.done().complete(Result.ok(p.bytes()));
                    } else {
                      p.fail(
                          Errno.ofCode(frame.errno()),
                          StandardCharsets.UTF_8.decode(payload.asByteBuffer()).toString());
                    }
                  });
      case HELLO, READ, WRITE, PING, PONG, BYE -> {}
    }
  }

  @Override
  public void damaged(Frame frame) {
    finish(frame.correlation())
        .ifPresent(p -> p.fail(Errno.EIO, "the reply of " + osd.udp() + " was damaged"));
  }

  synchronized boolean isDead() {
    return dead;
  }

  /** Tells all who wait; nothing is written to their memory any more. */
  void kill(String why) {
    List<Pending> all = new ArrayList<>();
    synchronized (this) {
      dead = true;
      all.addAll(underWay.values());
      all.addAll(queued);
      underWay.clear();
      queued.clear();
    }
    all.forEach(p -> p.fail(Errno.EIO, "connection to the OSD at " + osd.udp() + ": " + why));
  }

  void close() {
    requests.send(Frame.control(Frame.Kind.BYE, id, 0, 0, MemorySegment.NULL), MemorySegment.NULL);
    CloseHelper.close(aeron);
  }
}
