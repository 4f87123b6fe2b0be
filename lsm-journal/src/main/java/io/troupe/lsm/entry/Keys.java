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
    int order = Arrays.compareUnsigned(a, b);
    return order != 0 ? order : Long.compare(bSequence, aSequence);
  }

  /** The first eight bytes, zero-padded: orders keys (as unsigned) wherever two prefixes differ. */
  public static long prefix(byte[] key) {
    if (key.length >= Long.BYTES) {
      return (long) LONG.get(key, 0);
    }
    long prefix = 0;
    for (int i = 0; i < key.length; i++) {
      prefix |= (key[i] & 0xffL) << (56 - 8 * i);
    }
    return prefix;
  }
}
