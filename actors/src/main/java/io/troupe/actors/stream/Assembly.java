package io.troupe.actors.stream;

import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts fragments together, straight into where the payload belongs: no copy in between. A session's
 * fragments come in order and without a gap as long as its other end is sound; where they do not,
 * length and checksum tell. One thread.
 */
final class Assembly implements FragmentHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Assembly.class);

  /** Decides where payloads go. */
  interface Target {
    /** Where to put what follows that header; empty: it is passed over. */
    Optional<Slot> begin(Frame frame, int session);
  }

  /** One message on its way in. Either {@link #complete} or {@link #damaged} is called, once. */
  interface Slot {
    /** Of the payload's length. */
    MemorySegment memory();

    /**
     * Whether the memory is still to be written to: who waits for it may have given up in between.
     * If not, nothing more is called.
     */
    boolean isWanted();

    /** The message is there and its payload verified. */
    void complete();

    /** It is not what its header says, or will never be whole. */
    void damaged(String why);
  }

  private static final class Partial {
    final Frame frame;
    final Slot slot;
    final MemorySegment into;
    int filled;

    Partial(Frame frame, Slot slot) {
      this.frame = frame;
      this.slot = slot;
      this.into = slot.memory();
    }
  }

  private final Target target;
  private final Map<Integer, Partial> partials = new HashMap<>();
  private long traffic;

  Assembly(Target target) {
    this.target = target;
  }

  @Override
  public void onFragment(DirectBuffer buffer, int offset, int length, Header header) {
    boolean begins = (header.flags() & FrameDescriptor.BEGIN_FRAG_FLAG) != 0;
    boolean ends = (header.flags() & FrameDescriptor.END_FRAG_FLAG) != 0;
    int session = header.sessionId();
    Partial p = partials.remove(session);
    int at = offset;
    if (begins) {
      if (p != null) {
        p.slot.damaged("another message began within it");
      }
      Optional<Partial> begun = begin(buffer, offset, length, session);
      if (begun.isEmpty()) {
        return;
      }
      p = begun.get();
      at += Frame.BYTES;
    } else if (p == null) {
      return;
    }
    if (isWork(p.frame)) {
      traffic++;
    }
    if (!p.slot.isWanted()) {
      // Its memory is the caller's again, whatever the rest of the message says.
      return;
    }
    int n = offset + length - at;
    if (n > p.frame.payloadLength() - p.filled) {
      p.slot.damaged("longer than its header says");
      return;
    }
    copy(buffer, at, p.into, p.filled, n);
    p.filled += n;
    if (ends) {
      finish(p);
    } else {
      partials.put(session, p);
    }
  }

  private Optional<Partial> begin(DirectBuffer buffer, int offset, int length, int session) {
    Frame frame;
    try {
      frame = Frame.decode(buffer, offset, length);
    } catch (IllegalArgumentException e) {
      LOG.warn("session={} event=malformed-frame cause={}", session, e.getMessage());
      return Optional.empty();
    }
    return target.begin(frame, session).map(slot -> new Partial(frame, slot));
  }

  /** What asks whether the other end is there must not keep the threads of both awake. */
  private static boolean isWork(Frame frame) {
    return switch (frame.kind()) {
      case PING, PONG -> false;
      case HELLO, WELCOME, READ, WRITE, REPLY, BYE -> true;
    };
  }

  private static void finish(Partial p) {
    if (p.filled != p.frame.payloadLength()) {
      p.slot.damaged("shorter than its header says");
    } else if (Frame.checksum(p.into) != p.frame.payloadChecksum()) {
      p.slot.damaged("its checksum differs");
    } else {
      p.slot.complete();
    }
  }

  private static void copy(DirectBuffer from, int at, MemorySegment to, int offset, int n) {
    if (n > 0) {
      if (to.isNative()) {
        from.getBytes(at, new UnsafeBuffer(to.address() + offset, n), 0, n);
      } else {
        from.getBytes(at, to.asSlice(offset, n).asByteBuffer(), n);
      }
    }
  }

  /** Gives up messages of sessions that have ended: their rest will never come. */
  void retain(IntPredicate isAlive) {
    for (Iterator<Map.Entry<Integer, Partial>> i = partials.entrySet().iterator(); i.hasNext(); ) {
      Map.Entry<Integer, Partial> e = i.next();
      if (!isAlive.test(e.getKey())) {
        i.remove();
        e.getValue().slot.damaged("its sender is gone");
      }
    }
  }

  /** Fragments of other messages than pings since this was asked for last. */
  long takeTraffic() {
    long n = traffic;
    traffic = 0;
    return n;
  }
}
