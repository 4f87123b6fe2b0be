package io.troupe.actors.stream;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection to one OSD. It takes requests from the beginning and sends them when it
 * is open. Except {@link #submit}, all is for the client's one polling thread.
 */
final class Connection implements Assembly.Target, Link {
  private static final int FRAGMENTS_AT_ONCE = 32;
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** The first hellos may come before the OSD's driver has made the way there. */
  private static final long HELLO_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** For so long after a failure to connect requests fail at once. */
  private static final long REFUSAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private enum Phase {
    /** The way to the OSD is being looked for. */
    ROUTING,
    /** The drivers set up the streams. */
    REGISTERING,
    /** Says hello until that is answered. */
    GREETING,
    OPEN
  }

  private final StreamEndpoint osd;
  private final StreamSettings settings;
  private final CompletableFuture<Route> routing;
  private final PollerIdle poller;
  private final RequestWindow window;
  private final Assembly assembly = new Assembly(this);
  private final long id = ThreadLocalRandom.current().nextLong();
  private final int replyStream =
      ThreadLocalRandom.current().nextInt(Frame.FIRST_REPLY_STREAM, Integer.MAX_VALUE);
  private final long begunNanos = System.nanoTime();

  /** Why it has ended; null until then. */
  private volatile @Nullable String end;

  private volatile long refusesUntil = begunNanos;

  private Phase phase = Phase.ROUTING;
  private @Nullable Route route;

  /** The server runs in this process: its replies wake the poller. */
  private volatile boolean serverIsHere;

  private long subscriptionId;
  private long publicationId;
  private @Nullable Subscription replies;

  /** While the window is open, only the window sends through it. */
  private @Nullable Outgoing requests;

  private long heardNanos = begunNanos;
  private long greetedNanos = begunNanos - HELLO_NANOS;
  private long pingedNanos = begunNanos;
  private long tickedNanos = begunNanos;

  Connection(
      StreamEndpoint osd,
      StreamSettings settings,
      CompletableFuture<Route> routing,
      PollerIdle poller) {
    this.osd = osd;
    this.settings = settings;
    this.routing = routing;
    this.poller = poller;
    this.window = new RequestWindow(id, settings);
  }

  // ---- any thread

  @Override
  public void submit(Pending pending) {
    switch (window.submit(pending, System.nanoTime())) {
      case UNDER_WAY -> {
        if (!serverIsHere) {
          poller.rouse();
        }
      }
      case QUEUED -> poller.rouse();
      case REFUSED ->
          pending.fail(Errno.EBUSY, "too many requests wait for the OSD at " + osd.udp());
      case ENDED -> pending.fail(Errno.EIO, end());
    }
  }

  @Override
  public boolean hasEnded() {
    return end != null;
  }

  @Override
  public String end() {
    return String.valueOf(end);
  }

  @Override
  public boolean isReplaceable(long now) {
    return hasEnded() && now - refusesUntil >= 0;
  }

  // ---- the polling thread

  @Override
  public long poll(long now) {
    if (hasEnded()) {
      return 0;
    }
    long work;
    try {
      work =
          switch (phase) {
            case ROUTING -> register();
            case REGISTERING -> greet();
            case GREETING, OPEN -> exchange(now);
          };
    } catch (AeronException e) {
      lose(e.getMessage() == null ? e.toString() : e.getMessage());
      return 1;
    }
    if (now - tickedNanos > TICK_NANOS) {
      tickedNanos = now;
      tick(now);
    }
    return work;
  }

  private long register() {
    if (!routing.isDone()) {
      return 0;
    }
    if (routing.isCompletedExceptionally()) {
      Throwable why = routing.exceptionNow();
      lose(why.getMessage() == null ? why.toString() : why.getMessage());
      return 1;
    }
    Route r = routing.join();
    route = r;
    serverIsHere =
        r.requests().equals(ReplyChannel.IPC)
            && Wakeups.isHere(
                new Wakeups.Key(
                    r.client().aeron().context().aeronDirectoryName(),
                    ObjectStreamServer.REQUEST_STREAM));
    Aeron aeron = r.client().aeron();
    Wakeups.listen(repliesKey(r), poller::wake);
    subscriptionId = aeron.asyncAddSubscription(r.replies(), replyStream);
    // Of its own: nobody else's unfinished message can stand in its way, nor fill its window.
    publicationId =
        aeron.asyncAddExclusivePublication(r.requests(), ObjectStreamServer.REQUEST_STREAM);
    Wakeups.wake(Wakeups.Key.ofDriver(aeron.context().aeronDirectoryName()));
    phase = Phase.REGISTERING;
    return 1;
  }

  private Wakeups.Key repliesKey(Route r) {
    return new Wakeups.Key(r.client().aeron().context().aeronDirectoryName(), replyStream);
  }

  private long greet() {
    Route r = route;
    if (r == null) {
      return 0;
    }
    Aeron aeron = r.client().aeron();
    if (replies == null) {
      replies = aeron.getSubscription(subscriptionId);
    }
    if (requests == null) {
      ExclusivePublication p = aeron.getExclusivePublication(publicationId);
      requests = p == null ? null : new Sender(p, r.listener());
    }
    if (replies == null || requests == null) {
      return 0;
    }
    phase = Phase.GREETING;
    return 1;
  }

  private long exchange(long now) {
    Subscription in = replies;
    Outgoing out = requests;
    Route r = route;
    if (in == null || out == null || r == null) {
      return 0;
    }
    if (in.poll(assembly, FRAGMENTS_AT_ONCE) > 0) {
      heardNanos = now;
    }
    if (phase == Phase.GREETING) {
      if (now - greetedNanos >= HELLO_NANOS) {
        greetedNanos = now;
        MemorySegment channel = MemorySegment.ofArray(r.replies().getBytes(StandardCharsets.UTF_8));
        // Not there yet, or no room: said again.
        Outgoing.Sent unused =
            out.trySend(Frame.control(Frame.Kind.HELLO, id, replyStream, 0, channel), channel);
      }
    } else {
      window.pump(now);
      if (in.hasNoImages()) {
        lose("closed by the OSD");
      }
    }
    return assembly.takeTraffic();
  }

  private void tick(long now) {
    for (Pending p : window.expire(now)) {
      p.fail(
          Errno.EIO,
          phase == Phase.OPEN
              ? "no answer from the OSD at "
                  + osd.udp()
                  + " within "
                  + settings.requestTimeout().toMillis()
                  + " ms"
              : "the OSD at " + osd.udp() + " cannot be reached");
    }
    if (phase != Phase.OPEN) {
      if (now - begunNanos > settings.connectTimeout().toNanos()) {
        lose("no answer within " + settings.connectTimeout().toMillis() + " ms");
      }
    } else if (now - heardNanos > settings.silence().toNanos()) {
      lose("nothing was heard for " + settings.silence().toMillis() + " ms");
    } else if (window.isLost(now)) {
      lose("it takes nothing in any more");
    } else if (now - pingedNanos > settings.pingInterval().toNanos()) {
      pingedNanos = now;
      ping();
    }
  }

  private void ping() {
    if (route != null && route.sameHost() && !Drivers.isAlive(osd.driverDirectory())) {
      lose("its process has ended");
    } else if (window.trySend(Frame.control(Frame.Kind.PING, id, 0, 0, MemorySegment.NULL))
        == Outgoing.Sent.GONE) {
      lose("its stream has ended");
    }
  }

  @Override
  public PollerIdle.Outlook outlook() {
    if (window.isPressing()) {
      return PollerIdle.Outlook.PRESSING;
    }
    return phase == Phase.OPEN && (serverIsHere || window.isEmpty())
        ? PollerIdle.Outlook.NOTHING
        : PollerIdle.Outlook.OPEN;
  }

  private void lose(String why) {
    if (end == null) {
      if (phase != Phase.OPEN) {
        refusesUntil = System.nanoTime() + REFUSAL_NANOS;
      }
      end =
          (phase == Phase.OPEN ? "the connection to the OSD at " : "cannot connect to the OSD at ")
              + osd.udp()
              + (phase == Phase.OPEN ? " is lost: " : ": ")
              + why;
    }
  }

  @Override
  public void close(String why, Executor blocking) {
    lose(why);
    String text = end();
    window.end().forEach(p -> p.fail(Errno.EIO, text));
    Route r = route;
    try {
      if (requests != null) {
        if (phase == Phase.OPEN) {
          Outgoing.Sent unused =
              requests.trySend(
                  Frame.control(Frame.Kind.BYE, id, 0, 0, MemorySegment.NULL), MemorySegment.NULL);
        }
        requests.close();
      } else if (r != null && publicationId != 0) {
        r.client().aeron().asyncRemovePublication(publicationId);
      }
      if (replies != null) {
        replies.close();
      } else if (r != null && subscriptionId != 0) {
        r.client().aeron().asyncRemoveSubscription(subscriptionId);
      }
    } catch (AeronException e) {
      // The driver is gone, and with it what was to be given back.
    }
    if (r != null) {
      Wakeups.forget(repliesKey(r));
    }
    var unused = routing.thenAcceptAsync(Route::close, blocking);
  }

  // ---- what comes in

  @Override
  public Optional<Assembly.Slot> begin(Frame frame, int session) {
    if (frame.connection() != id) {
      return Optional.empty();
    }
    return switch (frame.kind()) {
      case WELCOME -> Optional.of(new Welcome(frame));
      case REPLY -> window.find(frame.correlation()).flatMap(p -> reply(frame, p));
      case HELLO, READ, WRITE, PING, PONG, BYE -> Optional.empty();
    };
  }

  private Optional<Assembly.Slot> reply(Frame frame, Pending p) {
    if (frame.errno() != 0) {
      return Optional.of(
          new Reply(frame, p, MemorySegment.ofArray(new byte[frame.payloadLength()])));
    }
    Reply reply = new Reply(frame, p, p.destination());
    if (frame.payloadLength() != p.destination().byteSize()) {
      reply.damaged("its length is another than was asked for");
      return Optional.empty();
    }
    return Optional.of(reply);
  }

  private final class Welcome implements Assembly.Slot {
    private final Frame frame;

    Welcome(Frame frame) {
      this.frame = frame;
    }

    @Override
    public MemorySegment memory() {
      return MemorySegment.NULL;
    }

    @Override
    public boolean isWanted() {
      return phase == Phase.GREETING;
    }

    @Override
    public void complete() {
      if (requests != null) {
        phase = Phase.OPEN;
        window.open(requests, frame.length(), frame.offset(), System.nanoTime());
      }
    }

    @Override
    public void damaged(String why) {}
  }

  private final class Reply implements Assembly.Slot {
    private final Frame frame;
    private final Pending pending;
    private final MemorySegment memory;

    Reply(Frame frame, Pending pending, MemorySegment memory) {
      this.frame = frame;
      this.pending = pending;
      this.memory = memory;
    }

    @Override
    public MemorySegment memory() {
      return memory;
    }

    @Override
    public boolean isWanted() {
      return window.find(frame.correlation()).isPresent();
    }

    @Override
    public void complete() {
      if (window.finish(frame.correlation(), System.nanoTime()).isEmpty()) {
        return;
      }
      if (frame.errno() == 0) {
        pending.done().complete(Result.ok(new Transfer(pending.bytes(), frame.incarnation())));
      } else {
        pending.fail(Errno.ofCode(frame.errno()), Frame.text(memory));
      }
    }

    @Override
    public void damaged(String why) {
      if (window.finish(frame.correlation(), System.nanoTime()).isPresent()) {
        pending.fail(Errno.EIO, "the reply of " + osd.udp() + " is damaged: " + why);
      }
    }
  }
}
