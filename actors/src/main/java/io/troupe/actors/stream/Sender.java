package io.troupe.actors.stream;

import io.aeron.DirectBufferVector;
import io.aeron.Publication;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Puts frames into a publication, from any thread if the publication allows that. */
final class Sender implements Outgoing {
  /** The driver moves to the next term within so many tries, or else within its duty cycle. */
  private static final int ROTATIONS = 3;

  /** Buffers of a thread for one frame. */
  private static final class Vectors {
    final UnsafeBuffer header = new UnsafeBuffer(ByteBuffer.allocateDirect(Frame.BYTES));
    final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
    final DirectBufferVector[] both = {
      new DirectBufferVector(header, 0, Frame.BYTES), new DirectBufferVector(payload, 0, 0)
    };
  }

  private static final ThreadLocal<Vectors> VECTORS = ThreadLocal.withInitial(Vectors::new);

  private final Publication publication;
  private final Wakeups.Key listener;

  Sender(Publication publication, Wakeups.Key listener) {
    this.publication = publication;
    this.listener = listener;
  }

  @Override
  public Sent trySend(Frame frame, MemorySegment payload) {
    Vectors v = VECTORS.get();
    frame.encode(v.header);
    for (int i = 0; i < ROTATIONS; i++) {
      long position = offer(v, payload);
      if (position >= 0) {
        Wakeups.wake(listener);
        return Sent.DONE;
      }
      // NOT_CONNECTED, CLOSED, and MAX_POSITION_EXCEEDED after 2^55 bytes, which a new connection
      // mends.
      if (position != Publication.BACK_PRESSURED && position != Publication.ADMIN_ACTION) {
        return Sent.GONE;
      }
      if (position == Publication.BACK_PRESSURED) {
        return Sent.FULL;
      }
    }
    return Sent.FULL;
  }

  private long offer(Vectors v, MemorySegment payload) {
    if (payload.byteSize() == 0) {
      return publication.offer(v.header, 0, Frame.BYTES);
    }
    wrap(v.payload, payload);
    v.both[1].reset(v.payload, 0, (int) payload.byteSize());
    return publication.offer(v.both, null);
  }

  private static void wrap(UnsafeBuffer buffer, MemorySegment payload) {
    if (payload.isNative()) {
      buffer.wrap(payload.address(), (int) payload.byteSize());
    } else {
      buffer.wrap(payload.asByteBuffer());
    }
  }

  @Override
  public void close() {
    publication.close();
  }
}
