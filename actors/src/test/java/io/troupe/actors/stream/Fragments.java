package io.troupe.actors.stream;

import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import io.aeron.protocol.DataHeaderFlyweight;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Messages cut into fragments, as a subscription would deliver them. */
final class Fragments {
  /** One of them. */
  record Fragment(byte[] bytes, byte flags, int session) {
    void deliver(FragmentHandler to) {
      UnsafeBuffer b = new UnsafeBuffer(new byte[DataHeaderFlyweight.HEADER_LENGTH + bytes.length]);
      b.putByte(DataHeaderFlyweight.FLAGS_FIELD_OFFSET, flags);
      b.putInt(
          DataHeaderFlyweight.SESSION_ID_FIELD_OFFSET, session, java.nio.ByteOrder.LITTLE_ENDIAN);
      b.putBytes(DataHeaderFlyweight.HEADER_LENGTH, bytes);
      Header header = new Header(0, 16);
      header.buffer(b);
      header.offset(0);
      to.onFragment(b, DataHeaderFlyweight.HEADER_LENGTH, bytes.length, header);
    }
  }

  private Fragments() {}

  static List<Fragment> of(Frame frame, byte[] payload, int size, int session) {
    byte[] all = new byte[Frame.BYTES + payload.length];
    frame.encode(new UnsafeBuffer(all));
    MemorySegment.copy(
        MemorySegment.ofArray(payload), ValueLayout.JAVA_BYTE, 0, all, Frame.BYTES, payload.length);
    int n = Math.max(size, Frame.BYTES);
    List<Fragment> fragments = new ArrayList<>();
    for (int at = 0; at < all.length; at += n) {
      int end = Math.min(all.length, at + n);
      int flags =
          (at == 0 ? FrameDescriptor.BEGIN_FRAG_FLAG : 0)
              | (end == all.length ? FrameDescriptor.END_FRAG_FLAG : 0);
      fragments.add(
          new Fragment(java.util.Arrays.copyOfRange(all, at, end), (byte) flags, session));
    }
    return fragments;
  }
}
