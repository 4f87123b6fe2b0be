package io.troupe.lsm.entry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The order of entries: keys as unsigned bytes ascending, then sequence numbers descending, so that
 * the newest version comes first.
 */
public final class Keys {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Keys() {}

  /** Compares two versions. */
  public static int compare(byte[] a, long aSequence, byte[] b, long bSequence) {
    return compare(a, a.length, aSequence, b, b.length, bSequence);
  }

  /** Compares two versions whose keys are the starts of arrays. */
  public static int compare(
      byte[] a, int aLength, long aSequence, byte[] b, int bLength, long bSequence) {
    int order = Arrays.compareUnsigned(a, 0, aLength, b, 0, bLength);
    return order != 0 ? order : Long.compare(bSequence, aSequence);
  }

  /** Whether the start of an array is a key. */
  public static boolean same(byte[] a, int aLength, byte[] b, int bLength) {
    if (aLength != bLength) {
      return false;
    }
    int tail = aLength - Long.BYTES; // where neighbours differ most often
    return (tail < 0 || (long) LONG.get(a, tail) == (long) LONG.get(b, tail))
        && Arrays.equals(a, 0, aLength, b, 0, bLength);
  }

  /** The first eight bytes, zero-padded: orders keys (as unsigned) wherever two prefixes differ. */
  public static long prefix(byte[] key) {
    return prefix(key, key.length);
  }

  /** As {@link #prefix(byte[])}, of a key that is the start of an array. */
  public static long prefix(byte[] key, int length) {
    return prefix(key, 0, length);
  }

  /** The eight bytes behind the prefix: orders keys wherever those of one prefix differ in them. */
  public static long second(byte[] key, int length) {
    return length <= Long.BYTES ? 0 : prefix(key, Long.BYTES, length - Long.BYTES);
  }

  /** As {@link #prefix(byte[])}, of a key that is a piece of an array. */
  public static long prefix(byte[] key, int from, int length) {
    if (length >= Long.BYTES) {
      return (long) LONG.get(key, from);
    }
    long prefix = 0;
    for (int i = 0; i < length; i++) {
      prefix |= (key[from + i] & 0xffL) << (56 - 8 * i);
    }
    return prefix;
  }
}
