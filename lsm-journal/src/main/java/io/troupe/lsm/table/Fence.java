package io.troupe.lsm.table;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.entry.Keys;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which block of a table holds a key: the last version of each block, with the first eight bytes of
 * its key apart for the search.
 */
final class Fence {

  private final long[] prefixes;
  private final byte[][] keys;
  private final long[] sequences;
  private final long[] offsets;
  private final int[] lengths;

  private Fence(int count) {
    this.prefixes = new long[count];
    this.keys = new byte[count][];
    this.sequences = new long[count];
    this.offsets = new long[count];
    this.lengths = new int[count];
  }

  /** Collects the fence of a table that is being written. */
  static final class Builder {
    private record Post(long offset, int length, long lastSequence, byte[] lastKey) {}

    private final List<Post> posts = new ArrayList<>();
    private int bytes = 4 + TableFormat.CRC_BYTES;

    void add(long offset, int length, byte[] lastKey, long lastSequence) {
      posts.add(new Post(offset, length, lastSequence, lastKey));
      bytes += 22 + lastKey.length;
    }

    byte[] encode(long fileNumber, long offset) {
      ByteBuffer fence = ByteBuffer.allocate(bytes);
      fence.putInt(posts.size());
      for (Post post : posts) {
        fence.putLong(post.offset()).putInt(post.length()).putLong(post.lastSequence());
        fence.putShort((short) post.lastKey().length).put(post.lastKey());
      }
      fence.putInt(TableFormat.checksum(fence.array(), fence.position(), fileNumber, offset));
      return fence.array();
    }
  }

  static Fence decode(String file, byte[] bytes, long fileNumber, long offset)
      throws CorruptionException {
    TableFormat.verify(file, bytes, fileNumber, offset, "fence");
    ByteBuffer fence = ByteBuffer.wrap(bytes);
    var decoded = new Fence(fence.getInt());
    for (int i = 0; i < decoded.keys.length; i++) {
      decoded.offsets[i] = fence.getLong();
      decoded.lengths[i] = fence.getInt();
      decoded.sequences[i] = fence.getLong();
      decoded.keys[i] = new byte[fence.getShort()];
      fence.get(decoded.keys[i]);
      decoded.prefixes[i] = Keys.prefix(decoded.keys[i]);
    }
    return decoded;
  }

  int blocks() {
    return keys.length;
  }

  long offset(int block) {
    return offsets[block];
  }

  int length(int block) {
    return lengths[block];
  }

  /**
   * The block that holds the first version not before the given one; {@link #blocks} when all are
   * before.
   */
  int find(byte[] key, long sequence) {
    long prefix = Keys.prefix(key);
    int low = 0;
    int high = keys.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int order = Long.compareUnsigned(prefixes[middle], prefix);
      if (order == 0) {
        order = Arrays.compareUnsigned(keys[middle], key);
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
