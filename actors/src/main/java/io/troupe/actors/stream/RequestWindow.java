package io.troupe.actors.stream;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client has asked of one OSD: no more under way than the OSD granted, a bounded queue
 * behind that, and nothing without a deadline. Times come in, frames go to an {@link Outgoing}.
 * Requests are put in by any thread; everything else is for the polling thread, so that a
 * destination is never written to after its request was answered.
 */
final class RequestWindow {
  /** What became of a request that was put in. */
  enum Submitted {
    UNDER_WAY,
    QUEUED,
    /** The queue is full. */
    REFUSED,
    /** The connection has ended. */
    ENDED
  }

  private final long connection;
  private final int maxQueued;
  private final long requestNanos;
  private final long sendNanos;

  // Under the lock of this.
  private final Map<Long, Pending> underWay = new HashMap<>();
  private final Deque<Pending> queued = new ArrayDeque<>();
  private @Nullable Outgoing out;
  private long nextCorrelation;
  private int bytesUnderWay;
  private int windowBytes;
  private int windowRequests;
  private boolean isFull;
  private long fullSince;
  private boolean broken;
  private boolean pumping;
  private boolean ended;

  RequestWindow(long connection, StreamSettings settings) {
    this.connection = connection;
    this.maxQueued = settings.maxQueued();
    this.requestNanos = settings.requestTimeout().toNanos();
    this.sendNanos = settings.sendTimeout().toNanos();
  }

  /** The OSD granted a window: what waited for it goes out. */
  synchronized void open(Outgoing to, int bytes, int requests, long now) {
    out = to;
    windowBytes = bytes;
    windowRequests = requests;
    pump(now);
  }

  synchronized Submitted submit(Pending p, long now) {
    if (ended) {
      return Submitted.ENDED;
    }
    if (queued.size() >= maxQueued) {
      return Submitted.REFUSED;
    }
    p.deadlineNanos = now + requestNanos;
    queued.add(p);
    pump(now);
    return queued.isEmpty() ? Submitted.UNDER_WAY : Submitted.QUEUED;
  }

  /** Sends what the window and the way out have room for. */
  synchronized void pump(long now) {
    if (pumping) {
      return; // an answer came while its request was sent: whoever sends goes on
    }
    pumping = true;
    try {
      sendWhatFits(now);
    } finally {
      pumping = false;
    }
  }

  private void sendWhatFits(long now) {
    while (out != null && !broken && !ended && !queued.isEmpty() && fits(queued.element())) {
      Pending p = queued.remove();
      long correlation = nextCorrelation++;
      // Before it is sent: where there is no stream between, the answer may come at once.
      underWay.put(correlation, p);
      bytesUnderWay += p.bytes();
      switch (out.trySend(connection, correlation, p)) {
        case DONE -> {
          p.deadlineNanos = now + requestNanos;
          isFull = false;
        }
        case FULL -> {
          takeBack(correlation, p);
          if (!isFull) {
            isFull = true;
            fullSince = now;
          }
          return;
        }
        case GONE -> {
          takeBack(correlation, p);
          broken = true;
        }
      }
    }
  }

  private void takeBack(long correlation, Pending p) {
    underWay.remove(correlation);
    bytesUnderWay -= p.bytes();
    queued.addFirst(p);
  }

  /** Sends a frame beside the requests; the way out is for one thread at a time. */
  synchronized Outgoing.Sent trySend(Frame frame) {
    return out == null || ended ? Outgoing.Sent.GONE : out.trySend(frame, MemorySegment.NULL);
  }

  private boolean fits(Pending p) {
    return underWay.size() < windowRequests && bytesUnderWay + p.bytes() <= windowBytes;
  }

  synchronized Optional<Pending> find(long correlation) {
    return Optional.ofNullable(underWay.get(correlation));
  }

  /** Takes it out of the window and sends what now fits. Empty: it was over before. */
  synchronized Optional<Pending> finish(long correlation, long now) {
    Pending p = underWay.remove(correlation);
    if (p != null) {
      bytesUnderWay -= p.bytes();
    }
    if (p != null || isFull) {
      pump(now); // an answer that comes too late makes room, too, where the server holds requests
    }
    return Optional.ofNullable(p);
  }

  /** Takes out what waited too long. */
  synchronized List<Pending> expire(long now) {
    List<Pending> late = new ArrayList<>();
    for (Iterator<Pending> i = underWay.values().iterator(); i.hasNext(); ) {
      Pending p = i.next();
      if (now - p.deadlineNanos > 0) {
        i.remove();
        bytesUnderWay -= p.bytes();
        late.add(p);
      }
    }
    queued.removeIf(p -> now - p.deadlineNanos > 0 && late.add(p));
    isFull = isFull && !queued.isEmpty();
    pump(now);
    return late;
  }

  /** Takes out everything; from now on requests are refused. */
  synchronized List<Pending> end() {
    ended = true;
    List<Pending> all = new ArrayList<>(underWay.values());
    all.addAll(queued);
    underWay.clear();
    queued.clear();
    bytesUnderWay = 0;
    return all;
  }

  /** The way out was found closed, or takes nothing for too long. */
  synchronized boolean isLost(long now) {
    return broken || (isFull && now - fullSince > sendNanos);
  }

  /** Something fits into the window that the way out had no room for. */
  synchronized boolean isPressing() {
    return isFull;
  }

  synchronized boolean isEmpty() {
    return underWay.isEmpty() && queued.isEmpty();
  }

  synchronized int bytesUnderWay() {
    return bytesUnderWay;
  }

  synchronized int requestsUnderWay() {
    return underWay.size();
  }
}
