package io.troupe.lsm.entry;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The eight bytes of a counter, and of a change of one: a number, big-endian. */
public final class Delta {

  /** How long such a value is. */
  public static final int BYTES = Long.BYTES;

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private Delta() {}

  /** The number at an offset. */
  public static long at(MemorySegment memory, long offset) {
    return memory.get(LONG, offset);
  }

  /** Puts a number at an offset. */
  public static void put(MemorySegment memory, long offset, long number) {
    memory.set(LONG, offset, number);
  }

  /** A number as a value. */
  public static byte[] value(long number) {
    byte[] value = new byte[BYTES];
    put(MemorySegment.ofArray(value), 0, number);
    return value;
  }
}
