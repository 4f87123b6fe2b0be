package io.troupe.lsm.table;

import io.troupe.lsm.CorruptionException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Which keys a table cannot have: a Bloom filter whose bits for a key all lie in one line of 512
 * bits, so that a question touches one cache line. Ten bits a key and six probes let about one key
 * in a hundred pass that is not there.
 */
final class Bloom {

  private static final int BITS_PER_KEY = 10;
  private static final int PROBES = 6;
  private static final int LINE_LONGS = 8;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final long[] words;
  private final int lines;

  private Bloom(long[] words) {
    this.words = words;
    this.lines = words.length / LINE_LONGS;
  }

  /** A filter for the first {@code count} hashes. */
  static Bloom of(long[] hashes, int count) {
    int lines = Math.max(1, (int) (((long) count * BITS_PER_KEY + 511) / 512));
    var bloom = new Bloom(new long[lines * LINE_LONGS]);
    for (int i = 0; i < count; i++) {
      bloom.add(hashes[i]);
    }
    return bloom;
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

  boolean mayContain(long hash) {
    int line = line(hash);
    int step = (int) hash | 1;
    int bit = (int) (hash >>> 9);
    for (int i = 0; i < PROBES; i++) {
      if ((words[line + ((bit >>> 6) & 7)] & (1L << bit)) == 0) {
        return false;
      }
      bit += step;
    }
    return true;
  }

  /** As it goes to an offset of a file, with its checksum. */
  byte[] encode(long fileNumber, long offset) {
    ByteBuffer bytes = ByteBuffer.allocate(words.length * 8 + TableFormat.CRC_BYTES);
    bytes.asLongBuffer().put(words);
    int body = words.length * 8;
    return bytes
        .putInt(body, TableFormat.checksum(bytes.array(), body, fileNumber, offset))
        .array();
  }

  static Bloom decode(String file, byte[] bytes, long fileNumber, long offset)
      throws CorruptionException {
    TableFormat.verify(file, bytes, fileNumber, offset, "filter");
    long[] words = new long[(bytes.length - TableFormat.CRC_BYTES) / 8];
    ByteBuffer.wrap(bytes).asLongBuffer().get(words);
    return new Bloom(words);
  }

  private void add(long hash) {
    int line = line(hash);
    int step = (int) hash | 1;
    int bit = (int) (hash >>> 9);
    for (int i = 0; i < PROBES; i++) {
      words[line + ((bit >>> 6) & 7)] |= 1L << bit;
      bit += step;
    }
  }

  /** The upper half chooses the line, the lower one the bits. */
  private int line(long hash) {
    return (int) (((hash >>> 32) * lines) >>> 32) * LINE_LONGS;
  }

  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
