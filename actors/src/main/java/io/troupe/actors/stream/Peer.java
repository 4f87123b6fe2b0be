package io.troupe.actors.stream;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One client of an OSD: what it has under way, and replies for which its stream had no room yet.
 * Those belong to requests that count as under way until they are sent, so that the window bounds
 * them too. Replies come from any thread; the rest is for the polling thread.
 */
final class Peer {
  private record Waiting(Frame frame, StreamBuffer payload) {}

  /** From where a client came. */
  record Origin(boolean sameHost, int session) {}

  private final Origin origin;
  private final Outgoing out;
  private final BufferPool pool;
  private final StreamSettings settings;
  private final boolean sameProcess;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger bytes = new AtomicInteger();
  private volatile boolean lost;

  /** Under the lock of itself. */
  private final Deque<Waiting> waiting = new ArrayDeque<>();

  private final AtomicInteger waitingCount = new AtomicInteger();
  private long fullSince;

  private long heardNanos;

  Peer(
      Origin origin,
      boolean sameProcess,
      Outgoing out,
      BufferPool pool,
      StreamSettings settings,
      long now) {
    this.origin = origin;
    this.sameProcess = sameProcess;
    this.out = out;
    this.pool = pool;
    this.settings = settings;
    this.heardNanos = now;
  }

  Origin origin() {
    return origin;
  }

  /** It wakes the polling thread when it has something for it. */
  boolean isSameProcess() {
    return sameProcess;
  }

  /**
   * Counts a request as under way. A client gives up on a request before the disk does: what it
   * sends then comes on top. Twice the window is the most that it can hold here.
   */
  boolean admit(Frame request) {
    int r = requests.incrementAndGet();
    int b = bytes.addAndGet(request.length());
    if (r > 2 * settings.windowRequests() || b > 2 * settings.windowBytes()) {
      release(request);
      return false;
    }
    return true;
  }

  private void release(Frame request) {
    requests.decrementAndGet();
    bytes.addAndGet(-request.length());
  }

  int requestsUnderWay() {
    return requests.get();
  }

  int bytesUnderWay() {
    return bytes.get();
  }

  /** Sends a frame that nobody misses if there is no room for it. */
  Outgoing.Sent send(Frame frame) {
    return out.trySend(frame, MemorySegment.NULL);
  }

  /**
   * Sends the reply to an admitted request, or keeps a copy until there is room.
   *
   * @return whether the polling thread has to look after this peer
   */
  boolean reply(Frame frame, MemorySegment payload, long now) {
    // Others' replies that wait go first, or a busy stream would never let them through.
    Outgoing.Sent sent = waitingCount.get() > 0 ? Outgoing.Sent.FULL : out.trySend(frame, payload);
    return switch (sent) {
      case DONE -> {
        release(frame);
        yield false;
      }
      case GONE -> {
        release(frame);
        lost = true;
        yield true;
      }
      case FULL -> {
        keep(frame, payload, now);
        yield true;
      }
    };
  }

  private void keep(Frame frame, MemorySegment payload, long now) {
    StreamBuffer copy = StreamBuffer.empty(pool);
    if (payload.byteSize() > 0) {
      copy = pool.take((int) payload.byteSize());
      MemorySegment.copy(payload, 0, copy.segment(), 0, payload.byteSize());
    }
    synchronized (waiting) {
      if (lost) {
        copy.close();
        release(frame);
        return;
      }
      if (waiting.isEmpty()) {
        fullSince = now;
      }
      waiting.add(new Waiting(frame, copy));
      waitingCount.incrementAndGet();
    }
  }

  /** Sends what waits, as far as there is room; false if there was not enough. */
  boolean drain(long now) {
    synchronized (waiting) {
      while (!waiting.isEmpty() && !lost) {
        Waiting first = waiting.element();
        switch (out.trySend(first.frame, first.payload.segment())) {
          case DONE -> {
            forget(waiting.remove());
            fullSince = now;
          }
          case GONE -> lost = true;
          case FULL -> {
            if (now - fullSince > settings.sendTimeout().toNanos()) {
              lost = true;
            }
            return lost;
          }
        }
      }
      return true;
    }
  }

  private void forget(Waiting w) {
    waitingCount.decrementAndGet();
    w.payload.close();
    release(w.frame);
  }

  void heard(long now) {
    heardNanos = now;
  }

  boolean isSilent(long now) {
    return now - heardNanos > 2 * settings.silence().toNanos();
  }

  /** Its stream was found closed, or takes nothing for too long. */
  boolean isLost() {
    return lost;
  }

  /** Frees what waits; replies that come later go nowhere. */
  void close() {
    synchronized (waiting) {
      lost = true;
      while (!waiting.isEmpty()) {
        forget(waiting.remove());
      }
    }
    out.close();
  }
}
