package io.troupe.lsm.table;

import io.troupe.lsm.entry.Keys;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which part of a table holds a key: for each part a version that is not before its last one, with
 * the first eight bytes of its key apart for the search, and where its filter and its index block
 * are. All of a table's structure that stays in memory.
 */
final class Fence {

  private static final int POST_BYTES = 34; // and the key

  private final long[] prefixes;
  private final byte[][] keys;
  private final long[] sequences;
  private final long[] filterOffsets;
  private final int[] filterLengths;
  private final long[] indexOffsets;
  private final int[] indexLengths;

  private Fence(int count) {
    this.prefixes = new long[count];
    this.keys = new byte[count][];
    this.sequences = new long[count];
    this.filterOffsets = new long[count];
    this.filterLengths = new int[count];
    this.indexOffsets = new long[count];
    this.indexLengths = new int[count];
  }

  /** Collects the fence of a table that is being written. */
  static final class Builder {
    private record Post(
        long filterOffset,
        int filterLength,
        long indexOffset,
        int indexLength,
        byte[] lastKey,
        long lastSequence) {}

    private final List<Post> posts = new ArrayList<>();
    private int bytes = 4;

    void add(
        long filterOffset,
        int filterLength,
        long indexOffset,
        int indexLength,
        byte[] lastKey,
        long lastSequence) {
      posts.add(
          new Post(filterOffset, filterLength, indexOffset, indexLength, lastKey, lastSequence));
      bytes += POST_BYTES + lastKey.length;
    }

    byte[] encode() {
      ByteBuffer fence = ByteBuffer.allocate(bytes);
      fence.putInt(posts.size());
      for (Post post : posts) {
        fence.putLong(post.filterOffset()).putInt(post.filterLength());
        fence.putLong(post.indexOffset()).putInt(post.indexLength());
        fence.putLong(post.lastSequence());
        fence.putShort((short) post.lastKey().length).put(post.lastKey());
      }
      return fence.array();
    }
  }

  /**
   * Reads one.
   *
   * @throws BufferUnderflowException when the bytes are none; a repair takes any section for one
   */
  static Fence decode(ByteBuffer fence) {
    int count = fence.getInt();
    if (count < 0 || count > fence.remaining() / POST_BYTES) {
      throw new BufferUnderflowException();
    }
    var decoded = new Fence(count);
    for (int i = 0; i < decoded.keys.length; i++) {
      decoded.filterOffsets[i] = fence.getLong();
      decoded.filterLengths[i] = fence.getInt();
      decoded.indexOffsets[i] = fence.getLong();
      decoded.indexLengths[i] = fence.getInt();
      decoded.sequences[i] = fence.getLong();
      decoded.keys[i] = new byte[Short.toUnsignedInt(fence.getShort())];
      fence.get(decoded.keys[i]);
      decoded.prefixes[i] = Keys.prefix(decoded.keys[i]);
    }
    return decoded;
  }

  int parts() {
    return keys.length;
  }

  /** The last key of a part, or one between it and the first one of the next. */
  byte[] key(int part) {
    return keys[part];
  }

  long filterOffset(int part) {
    return filterOffsets[part];
  }

  int filterLength(int part) {
    return filterLengths[part];
  }

  long indexOffset(int part) {
    return indexOffsets[part];
  }

  int indexLength(int part) {
    return indexLengths[part];
  }

  /**
   * The part that holds the first version not before the given one; {@link #parts} when all are
   * before.
   */
  int find(byte[] key, long sequence) {
    return find(key, key.length, sequence);
  }

  /** As {@link #find(byte[], long)}, of a key that is the start of an array. */
  int find(byte[] key, int keyLength, long sequence) {
    long prefix = Keys.prefix(key, keyLength);
    int low = 0;
    int high = keys.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int order = Long.compareUnsigned(prefixes[middle], prefix);
      if (order == 0) {
        order = Arrays.compareUnsigned(keys[middle], 0, keys[middle].length, key, 0, keyLength);
        if (order == 0) {
          order = Long.compare(sequence, sequences[middle]);
        }
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
