package io.troupe.actors.stream;

import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts fragments together, straight into where the payload belongs: no copy in between. One thread.
 */
final class Assembly implements FragmentHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Assembly.class);

  /** Decides where a payload goes and hears of whole messages. */
  interface Target {
    /** Where to put the payload of that frame; empty: it is passed over. */
    Optional<MemorySegment> place(Frame frame);

    /**
     * Whether the place is still to be written to: who waits for it may have given up in between.
     */
    boolean isWanted(Frame frame);

    /** The message is there and its payload verified. */
    void complete(Frame frame, MemorySegment payload);

    /** The payload that was put there does not verify. */
    void damaged(Frame frame);
  }

  private record Partial(Frame frame, MemorySegment into, int[] filled) {}

  private final Target target;
  private final Map<Integer, Partial> partials = new HashMap<>();

  Assembly(Target target) {
    this.target = target;
  }

  @Override
  public void onFragment(DirectBuffer buffer, int offset, int length, Header header) {
    boolean begins = (header.flags() & FrameDescriptor.BEGIN_FRAG_FLAG) != 0;
    boolean ends = (header.flags() & FrameDescriptor.END_FRAG_FLAG) != 0;
    int session = header.sessionId();
    Partial p;
    int at = offset;
    if (begins) {
      partials.remove(session);
      Frame frame;
      try {
        frame = Frame.decode(buffer, offset, length);
      } catch (IllegalArgumentException e) {
        LOG.warn("session={} event=malformed-frame cause={}", session, e.getMessage());
        return;
      }
      Optional<MemorySegment> into = target.place(frame);
      if (into.isEmpty()) {
        return;
      }
      p = new Partial(frame, into.get(), new int[1]);
      at += Frame.BYTES;
      if (!ends) {
        partials.put(session, p);
      }
    } else {
      p = ends ? partials.remove(session) : partials.get(session);
      if (p == null) {
        return;
      }
    }
    if (!target.isWanted(p.frame)) {
      // Its memory is the caller's again, whatever the rest of the message says.
      partials.remove(session);
      return;
    }
    int n = offset + length - at;
    if (n > p.into.byteSize() - p.filled[0]) {
      LOG.warn("session={} event=malformed-frame cause=payload-too-long", session);
      partials.remove(session);
      target.damaged(p.frame);
      return;
    }
    copy(buffer, at, p.into, p.filled[0], n);
    p.filled[0] += n;
    if (ends) {
      finish(p);
    }
  }

  private void finish(Partial p) {
    if (p.filled[0] != p.frame.payloadLength()
        || Frame.checksum(p.into) != p.frame.payloadChecksum()) {
      target.damaged(p.frame);
    } else {
      target.complete(p.frame, p.into);
    }
  }

  private static void copy(DirectBuffer from, int at, MemorySegment to, int offset, int n) {
    if (n > 0) {
      if (to.isNative()) {
        from.getBytes(at, new org.agrona.concurrent.UnsafeBuffer(to.address() + offset, n), 0, n);
      } else {
        from.getBytes(at, to.asSlice(offset, n).asByteBuffer(), n);
      }
    }
  }
}
