package io.troupe.bench.engines;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Keys and values out of numbers, the same in every process. */
final class Bytes {
  /** A number as {@code number} writes it. */
  static final int NUMBER_BYTES = 9;

  static final int MIN_VALUE = 64;
  static final int MAX_VALUE = 400;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Every second word of a value, as names and small numbers repeat in what people store. */
  private static final long[] WORDS = {0, 0x6e6f6974616d7266L, 0x0000000100000001L, -1};

  private Bytes() {}

  /** Spreads numbers over all numbers; no two become one. */
  static long mix(long number) {
    long z = number + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** Seven bits a byte, highest first: the lower 63 bits, ordered as numbers are. */
  static void number(byte[] into, int at, long number) {
    for (int i = NUMBER_BYTES - 1; i >= 0; i--) {
      into[at + i] = (byte) (number & 0x7f);
      number >>>= 7;
    }
  }

  /** Behind every key that starts with the prefix. */
  static byte[] behind(byte[] prefix) {
    byte[] end = Arrays.copyOf(prefix, prefix.length + 64);
    Arrays.fill(end, prefix.length, end.length, (byte) 0x7f);
    return end;
  }

  /** 64 to 400 bytes, of which about two thirds remain when they are compressed. */
  static byte[] value(long number) {
    long random = mix(number);
    return value(number, MIN_VALUE + (int) ((random >>> 1) % (MAX_VALUE - MIN_VALUE + 1)));
  }

  static byte[] value(long number, int length) {
    byte[] value = new byte[length];
    long random = mix(number);
    LONG.set(value, 0, random);
    for (int at = 8; at + 16 <= value.length; at += 16) {
      random = random * 0x5851f42d4c957f2dL + 0x14057b7ef767814fL;
      LONG.set(value, at, random);
      LONG.set(value, at + 8, WORDS[(int) (random >>> 62)]);
    }
    LONG.set(value, value.length - 8, random);
    return value;
  }

  /** What values are summed up by. */
  static long sum(byte[] value) {
    return (long) LONG.get(value, 0);
  }

  static long sumOf(long number) {
    return mix(number);
  }
}
