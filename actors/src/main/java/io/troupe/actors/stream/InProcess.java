package io.troupe.actors.stream;

import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The way to an OSD of the same process: no stream, but the server's handler, called by the thread
 * that asks. A message and its answer by way of two pollers are two threads to wake and two copies
 * and checksums of the bytes, each. What holds for a stream holds here: the window that the server
 * grants, the queue behind it, the deadline of each request.
 *
 * <p>The server gets a copy of what is to be written, since it may still have that when the request
 * has failed for its deadline; what is read is copied where its request is still under way.
 */
final class InProcess implements Link, Outgoing {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final StreamEndpoint osd;
  private final ObjectStreamServer server;
  private final StreamSettings granted;
  private final RequestWindow window;

  /** What the server has in its hands; more than is under way, where requests have expired. */
  private final AtomicInteger requests = new AtomicInteger();

  private final AtomicInteger bytes = new AtomicInteger();

  /** Why it has ended; null until then. */
  private volatile @Nullable String end;

  private long tickedNanos = System.nanoTime();

  InProcess(StreamEndpoint osd, ObjectStreamServer server, StreamSettings settings) {
    this.osd = osd;
    this.server = server;
    this.granted = server.settings();
    this.window = new RequestWindow(0, settings);
    window.open(this, granted.windowBytes(), granted.windowRequests(), System.nanoTime());
  }

  // ---- any thread

  @Override
  public void submit(Pending pending) {
    switch (window.submit(pending, System.nanoTime())) {
      case UNDER_WAY, QUEUED -> {}
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
    return hasEnded();
  }

  /** Only requests come here. */
  @Override
  public Sent trySend(Frame frame, MemorySegment payload) {
    return Sent.GONE;
  }

  @Override
  public Sent trySend(long connection, long correlation, Pending p) {
    if (!server.isRunning()) {
      return Sent.GONE;
    }
    Taken taken = new Taken(correlation, p.request());
    // As of a peer: twice the window is the most that the server may hold.
    if (requests.get() > 2 * granted.windowRequests() || bytes.get() > 2 * granted.windowBytes()) {
      taken.release();
      return Sent.FULL;
    }
    server.take(p.request(), p.payload(), taken);
    return Sent.DONE;
  }

  /** A request that the server has. */
  private final class Taken implements ObjectStreamServer.Responder {
    private final long correlation;
    private final ObjectRequest request;
    private final AtomicBoolean given = new AtomicBoolean();

    Taken(long correlation, ObjectRequest request) {
      this.correlation = correlation;
      this.request = request;
      requests.incrementAndGet();
      bytes.addAndGet(request.lengthBytes());
    }

    void release() {
      requests.decrementAndGet();
      bytes.addAndGet(-request.lengthBytes());
    }

    @Override
    public void ok(MemorySegment read, long incarnation) {
      int expected = request.kind() == ObjectRequest.Kind.READ ? request.lengthBytes() : 0;
      if (read.byteSize() != expected) {
        failed(Errno.EIO, "answered with " + read.byteSize() + " bytes of " + expected);
        return;
      }
      // Out of the window first: who failed it for its deadline may use the memory again.
      take()
          .ifPresent(
              p -> {
                p.destination().copyFrom(read);
                p.done().complete(Result.ok(new Transfer(p.bytes(), incarnation)));
              });
    }

    @Override
    public void failed(Errno errno, String detail) {
      take().ifPresent(p -> p.fail(errno, detail));
    }

    private Optional<Pending> take() {
      // A second answer would give credit back that belongs to another request.
      if (!given.compareAndSet(false, true)) {
        return Optional.empty();
      }
      release();
      return window.finish(correlation, System.nanoTime());
    }
  }

  // ---- the polling thread

  @Override
  public long poll(long now) {
    if (hasEnded()) {
      return 0;
    }
    if (!server.isRunning()) {
      end = "the OSD at " + osd.udp() + " has stopped";
      return 1;
    }
    if (now - tickedNanos > TICK_NANOS) {
      tickedNanos = now;
      for (Pending p : window.expire(now)) {
        p.fail(
            Errno.EIO,
            "no answer from the OSD at "
                + osd.udp()
                + " within "
                + granted.requestTimeout().toMillis()
                + " ms");
      }
      if (window.isLost(now)) {
        end = "the OSD at " + osd.udp() + " takes nothing in any more";
      }
    }
    return 0;
  }

  /** Its answers come to those who wait; deadlines have time. */
  @Override
  public PollerIdle.Outlook outlook() {
    return PollerIdle.Outlook.NOTHING;
  }

  @Override
  public void close(String why, Executor blocking) {
    if (end == null) {
      end = why;
    }
    String text = end();
    window.end().forEach(p -> p.fail(Errno.EIO, text));
  }

  @Override
  public void close() {}
}
