package io.troupe.lsm.table;

import io.troupe.lsm.entry.Keys;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a key has its place in an index block, without a look at the block in most cases: what all
 * keys start with, and of each the eight bytes behind that. Keys that have these in common, too,
 * have a guide of their own if they share all eight; else they are told apart by the block itself.
 *
 * <p>On the heap, beside a block that is in memory: about ten bytes for each of its entries.
 * Immutable.
 */
final class Guide {

  /** Places are kept in 16 bits; larger blocks do without. */
  private static final int MAX_ENTRIES = Character.MAX_VALUE;

  private final byte[] common;
  private final int known; // how many bytes of it were compared before
  private final long[] prefixes; // ascending, each once
  private final char[] first; // the first entry of each, and one more for the end
  private final @Nullable Guide @Nullable [] deeper;

  private Guide(byte[][] keys, int from, int to, int known, int depth) {
    this.common = Arrays.copyOf(keys[from], depth);
    this.known = known;
    long[] distinct = new long[to - from];
    char[] starts = new char[to - from + 1];
    @Nullable Guide @Nullable [] below = null;
    int count = 0;
    for (int i = from; i < to; ) {
      long prefix = prefix(keys[i], depth);
      int end = i + 1;
      while (end < to && prefix(keys[end], depth) == prefix) {
        end++;
      }
      int shared = shared(keys[i], keys[end - 1]);
      if (end - i > 1 && shared >= depth + Long.BYTES) {
        if (below == null) {
          below = new Guide[to - from];
        }
        below[count] = new Guide(keys, i, end, depth + Long.BYTES, shared);
      }
      distinct[count] = prefix;
      starts[count++] = (char) i;
      i = end;
    }
    starts[count] = (char) to;
    this.prefixes = Arrays.copyOf(distinct, count);
    this.first = Arrays.copyOf(starts, count + 1);
    this.deeper = below == null ? null : Arrays.copyOf(below, count);
  }

  /** The guide of a block that is filled; null when it is too large for one. */
  static @Nullable Guide of(Block block) {
    int count = block.count();
    if (count > MAX_ENTRIES) {
      return null;
    }
    byte[][] keys = new byte[count][];
    var walk = new BlockWalk();
    walk.take(block); // which stays pinned by who has it
    for (int i = 0; i < count; i++) {
      walk.next();
      keys[i] = Arrays.copyOf(walk.key(), walk.keyLength());
    }
    return new Guide(keys, 0, count, 0, shared(keys[0], keys[count - 1]));
  }

  /** As {@link Block#firstFrom}, of the block that it is of. */
  int firstFrom(Block block, byte[] key, long sequence) {
    Guide guide = this;
    while (true) {
      int depth = guide.common.length;
      int order =
          Arrays.compareUnsigned(
              key,
              Math.min(guide.known, key.length),
              Math.min(depth, key.length),
              guide.common,
              guide.known,
              depth);
      if (order != 0) {
        return order < 0 ? guide.first[0] : guide.first[guide.prefixes.length];
      }
      long prefix = prefix(key, depth);
      int at = guide.lowest(prefix);
      if (at == guide.prefixes.length || guide.prefixes[at] != prefix) {
        return guide.first[at];
      }
      @Nullable Guide @Nullable [] below = guide.deeper;
      Guide next = below == null ? null : below[at];
      if (next == null) {
        return block.firstFrom(guide.first[at], guide.first[at + 1], key, sequence);
      }
      guide = next;
    }
  }

  /** The first prefix that is not below one. */
  private int lowest(long prefix) {
    long[] all = prefixes;
    int low = 0;
    int count = all.length;
    while (count > 0) { // without a branch on what was found: nobody can foretell it
      int half = count >>> 1;
      boolean below = Long.compareUnsigned(all[low + half], prefix) < 0;
      low = below ? low + half + 1 : low;
      count = below ? count - half - 1 : half;
    }
    return low;
  }

  private static int shared(byte[] a, byte[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }

  private static long prefix(byte[] key, int from) {
    return Keys.prefix(key, from, key.length - from);
  }
}
