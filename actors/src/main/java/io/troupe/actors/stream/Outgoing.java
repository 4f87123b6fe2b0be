package io.troupe.actors.stream;

import java.lang.foreign.MemorySegment;

/** Takes frames towards the other end, without ever waiting for it. */
interface Outgoing {
  /** What became of a frame. */
  enum Sent {
    DONE,
    /** There is no room now: to be tried again. */
    FULL,
    /** The other end is not there, or not yet. */
    GONE
  }

  /** The payload is copied if and only if the frame was sent. */
  Sent trySend(Frame frame, MemorySegment payload);

  /** Sends a request; its bytes are copied if and only if it was sent. */
  default Sent trySend(long connection, long correlation, Pending p) {
    return trySend(Frame.request(connection, correlation, p.request(), p.payload()), p.payload());
  }

  void close();
}
