package io.troupe.osd.store;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where the blocks of one object lie, and their checksums; the value of the object index. Not
 * thread-safe.
 *
 * <pre>
 *   | format (u8) | runs (u16) | each: first block (u16) | blocks (u16) | segment (u32) | block in segment (u32) |
 *   |                                  CRC32C of each block (u32 each) |
 * </pre>
 *
 * A block that no run holds is a hole and reads as zeros. Blocks are stored whole; what an object
 * does not reach is zero.
 */
final class BlockMap {
  static final int BLOCK_BYTES = 4096;
  private static final byte FORMAT = 1;
  private static final int MAX_BLOCKS = (1 << 20) / BLOCK_BYTES;
  private static final long HOLE = -1;
  private static final int HEADER_BYTES = 4 * 24;

  private long[] locations = new long[0];
  private int[] checksums = new int[0];

  /** Allocated since the map was last sealed: the durable index does not know them. */
  private boolean[] fresh = new boolean[0];

  /** A location: segment in the upper, block in the lower 32 bits. */
  static long location(int segment, int block) {
    return ((long) segment << 32) | Integer.toUnsignedLong(block);
  }

  static int segmentOf(long location) {
    return (int) (location >>> 32);
  }

  static int blockOf(long location) {
    return (int) location;
  }

  int blocks() {
    return locations.length;
  }

  boolean isHole(int block) {
    return block >= locations.length || locations[block] == HOLE;
  }

  long location(int block) {
    return block >= locations.length ? HOLE : locations[block];
  }

  int checksum(int block) {
    return checksums[block];
  }

  boolean isFresh(int block) {
    return block < fresh.length && fresh[block];
  }

  /** There is a block, and no index knows it. */
  boolean mayBeOverwritten(int block) {
    return isFresh(block) && !isHole(block);
  }

  BlockMap copy() {
    BlockMap copy = new BlockMap();
    copy.locations = locations.clone();
    copy.checksums = checksums.clone();
    copy.fresh = fresh.clone();
    return copy;
  }

  void set(int block, long location, int checksum) {
    if (block >= MAX_BLOCKS) {
      throw new IllegalArgumentException("block " + block + " of an object of at most 1 MiB");
    }
    if (block >= locations.length) {
      int old = locations.length;
      locations = Arrays.copyOf(locations, block + 1);
      Arrays.fill(locations, old, block + 1, HOLE);
      checksums = Arrays.copyOf(checksums, block + 1);
      fresh = Arrays.copyOf(fresh, block + 1);
    }
    locations[block] = location;
    checksums[block] = checksum;
    fresh[block] = true;
  }

  /** Makes a hole of all blocks from this one on. */
  void cut(int firstBlock) {
    if (firstBlock < locations.length) {
      locations = Arrays.copyOf(locations, firstBlock);
      checksums = Arrays.copyOf(checksums, firstBlock);
      fresh = Arrays.copyOf(fresh, firstBlock);
    }
  }

  boolean isEmpty() {
    for (long l : locations) {
      if (l != HOLE) {
        return false;
      }
    }
    return true;
  }

  /** What it takes in memory: three arrays, and their and its own headers. */
  int memoryBytes() {
    return HEADER_BYTES + locations.length * (Long.BYTES + Integer.BYTES + 1);
  }

  int allocatedBlocks() {
    int n = 0;
    for (long l : locations) {
      n += l == HOLE ? 0 : 1;
    }
    return n;
  }

  /** Segments of the fresh blocks, which a sync has to force. */
  void freshSegments(java.util.Set<Integer> into) {
    for (int i = 0; i < locations.length; i++) {
      if (fresh[i] && locations[i] != HOLE) {
        into.add(segmentOf(locations[i]));
      }
    }
  }

  /** From now on no block may be overwritten in place: the index is about to know them. */
  void seal() {
    Arrays.fill(fresh, false);
  }

  /** Locations of all blocks that are there. */
  List<Long> all() {
    List<Long> found = new ArrayList<>();
    for (long l : locations) {
      if (l != HOLE) {
        found.add(l);
      }
    }
    return found;
  }

  /**
   * Blocks from {@code first} on that lie behind each other on disk; at least 1, at most {@code
   * max}.
   */
  int run(int first, int max) {
    int n = 1;
    while (n < max && !isHole(first + n) && locations[first + n] == locations[first] + n) {
      n++;
    }
    return n;
  }

  byte[] encode() {
    int runs = 0;
    int blocks = 0;
    for (int i = 0; i < locations.length; ) {
      if (locations[i] == HOLE) {
        i++;
        continue;
      }
      int n = run(i, locations.length - i);
      runs++;
      blocks += n;
      i += n;
    }
    ByteBuffer out = ByteBuffer.allocate(3 + runs * 12 + blocks * 4);
    out.put(FORMAT).putShort((short) runs);
    for (int i = 0; i < locations.length; ) {
      if (locations[i] == HOLE) {
        i++;
        continue;
      }
      int n = run(i, locations.length - i);
      out.putShort((short) i).putShort((short) n);
      out.putInt(segmentOf(locations[i])).putInt(blockOf(locations[i]));
      for (int k = 0; k < n; k++) {
        out.putInt(checksums[i + k]);
      }
      i += n;
    }
    return out.array();
  }

  static BlockMap decode(byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(value);
    byte format = in.get();
    if (format != FORMAT) {
      throw new IllegalStateException("object record has format " + format);
    }
    BlockMap map = new BlockMap();
    int runs = Short.toUnsignedInt(in.getShort());
    for (int r = 0; r < runs; r++) {
      int first = Short.toUnsignedInt(in.getShort());
      int n = Short.toUnsignedInt(in.getShort());
      int segment = in.getInt();
      int block = in.getInt();
      for (int k = 0; k < n; k++) {
        map.set(first + k, location(segment, block + k), in.getInt());
      }
    }
    map.seal();
    return map;
  }
}
