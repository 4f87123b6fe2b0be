package io.troupe.lsm.table;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Which keys a part of a table cannot have: a Bloom filter whose bits for a key all lie in one line
 * of 512 bits, so that a question touches one cache line. Ten bits a key and six probes let about
 * one key in a hundred pass that is not there. A filter is the body of a section, asked in place.
 */
final class Bloom {

  private static final int BITS_PER_KEY = 10;
  private static final int PROBES = 6;
  private static final int LINE_BYTES = 64;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private Bloom() {}

  /** The filter of the first {@code count} hashes. */
  static byte[] of(long[] hashes, int count) {
    int lines = Math.max(1, (int) (((long) count * BITS_PER_KEY + 511) / 512));
    long[] words = new long[lines * LINE_BYTES / 8];
    for (int i = 0; i < count; i++) {
      long hash = hashes[i];
      int line = line(hash, lines) * LINE_BYTES / 8;
      int step = (int) hash | 1;
      int bit = (int) (hash >>> 9);
      for (int probe = 0; probe < PROBES; probe++) {
        words[line + ((bit >>> 6) & 7)] |= 1L << bit;
        bit += step;
      }
    }
    byte[] filter = new byte[lines * LINE_BYTES];
    ByteBuffer.wrap(filter).asLongBuffer().put(words);
    return filter;
  }

  /** Asks the filter in a piece of memory. */
  static boolean mayContain(MemorySegment memory, long offset, int length, long hash) {
    long line = offset + (long) line(hash, length / LINE_BYTES) * LINE_BYTES;
    int step = (int) hash | 1;
    int bit = (int) (hash >>> 9);
    for (int i = 0; i < PROBES; i++) {
      if ((memory.get(WORD, line + ((bit >>> 3) & 56)) & (1L << bit)) == 0) {
        return false;
      }
      bit += step;
    }
    return true;
  }

  /** Mixes a key into 64 bits (multiply, fold, finish as in splitmix64). */
  static long hash(byte[] key) {
    return hash(key, key.length);
  }

  /** As {@link #hash(byte[])}, of a key that is the start of an array. */
  static long hash(byte[] key, int length) {
    long hash = length * 0x9e3779b97f4a7c15L;
    int at = 0;
    for (; at + 8 <= length; at += 8) {
      hash = mix(hash ^ (long) LONG.get(key, at));
    }
    long rest = 0;
    for (; at < length; at++) {
      rest = (rest << 8) | (key[at] & 0xff);
    }
    return mix(mix(hash ^ rest) + 0x632be59bd9b4e019L);
  }

  /** The upper half chooses the line, the lower one the bits. */
  private static int line(long hash, int lines) {
    return (int) (((hash >>> 32) * lines) >>> 32);
  }

  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
