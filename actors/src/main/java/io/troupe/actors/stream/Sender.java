package io.troupe.actors.stream;

import io.aeron.DirectBufferVector;
import io.aeron.Publication;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;

/** Puts frames into a publication, from any thread. */
final class Sender {
  /** Windows leave room in the publication; what is retried is a driver that lags behind. */
  private static final long PATIENCE_NANOS = 1_000_000_000;

  private static final long PAUSE_NANOS = 20_000;

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
  private final String wakeupKey;

  Sender(Publication publication, String wakeupKey) {
    this.publication = publication;
    this.wakeupKey = wakeupKey;
  }

  /** False if the other end is gone, or takes nothing for a second. */
  boolean send(Frame frame, MemorySegment payload) {
    Vectors v = VECTORS.get();
    frame.encode(v.header);
    long deadline = 0;
    while (true) {
      long position;
      if (payload.byteSize() == 0) {
        position = publication.offer(v.header, 0, Frame.BYTES);
      } else {
        wrap(v.payload, payload);
        v.both[1].reset(v.payload, 0, (int) payload.byteSize());
        position = publication.offer(v.both, null);
      }
      if (position >= 0) {
        Wakeups.wake(wakeupKey);
        return true;
      }
      if (position == Publication.CLOSED
          || position == Publication.NOT_CONNECTED
          || position == Publication.MAX_POSITION_EXCEEDED) {
        return false;
      }
      long now = System.nanoTime();
      if (deadline == 0) {
        deadline = now + PATIENCE_NANOS;
      } else if (now > deadline) {
        return false;
      }
      if (position == Publication.BACK_PRESSURED) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private static void wrap(UnsafeBuffer buffer, MemorySegment payload) {
    if (payload.isNative()) {
      buffer.wrap(payload.address(), (int) payload.byteSize());
    } else {
      buffer.wrap(payload.asByteBuffer());
    }
  }

  boolean isConnected() {
    return publication.isConnected();
  }

  void close() {
    publication.close();
  }
}
