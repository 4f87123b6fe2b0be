package io.troupe.bench.stream;

import io.troupe.bench.report.WrongResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Bytes that carry a number in front and behind: what a late or a short transfer would not have.
 */
final class Payload {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private Payload() {}

  static MemorySegment allocate(int bytes) {
    return Arena.ofAuto().allocate(bytes, 4096).fill((byte) 0x5a);
  }

  static void stamp(MemorySegment payload, long number) {
    payload.set(LONG, 0, number);
    payload.set(LONG, payload.byteSize() - Long.BYTES, number);
  }

  static boolean isStamped(MemorySegment payload, long number) {
    return payload.get(LONG, 0) == number
        && payload.get(LONG, payload.byteSize() - Long.BYTES) == number;
  }

  static void check(MemorySegment payload, long number) {
    WrongResult.unless(isStamped(payload, number), "payload " + number + " holds something else");
  }
}
