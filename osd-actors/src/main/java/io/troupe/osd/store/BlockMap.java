package io.troupe.osd.store;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
 * does not reach is zero. Format 2 has runs of inline blocks, too, with segment 0xFFFFFFFF: their
 * bytes are in a record of {@link InlineBlocks}, and their checksums are those of these bytes.
 */
final class BlockMap {
  static final int BLOCK_BYTES = 4096;
  private static final byte FORMAT = 1;
  private static final byte FORMAT_WITH_INLINE = 2;
  private static final int INLINE_SEGMENT = -1;
  private static final int MAX_BLOCKS = (1 << 20) / BLOCK_BYTES;
  private static final long HOLE = -1;
  private static final long INLINE = Long.MIN_VALUE;
  private static final int HEADER_BYTES = 4 * 24;

  /** A map's node, an array's header, a number. */
  private static final int INLINE_HEADER_BYTES = 80;

  private long[] locations = new long[0];
  private int[] checksums = new int[0];

  /** Allocated since the map was last sealed: the durable index does not know them. */
  private boolean[] fresh = new boolean[0];

  /** Bytes of the inline blocks; arrays are never changed. */
  private Map<Integer, byte[]> inline = Map.of();

  /** The index may have a record of inline blocks that this map does not have any more. */
  private boolean mayHaveInlineRecord;

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

  /** It lies in the index itself. */
  boolean isInline(int block) {
    return location(block) == INLINE;
  }

  /** It lies in a segment. */
  boolean isStored(int block) {
    long l = location(block);
    return l != HOLE && l != INLINE;
  }

  Map<Integer, byte[]> inlineBlocks() {
    return inline;
  }

  /** Absent where the index lacks what it should have. */
  Optional<byte[]> inlineBytes(int block) {
    return Optional.ofNullable(inline.get(block));
  }

  boolean mayHaveInlineRecord() {
    return mayHaveInlineRecord;
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

  /** There is a block in a segment, and no index knows it. */
  boolean mayBeOverwritten(int block) {
    return isFresh(block) && isStored(block);
  }

  BlockMap copy() {
    BlockMap copy = new BlockMap();
    copy.locations = locations.clone();
    copy.checksums = checksums.clone();
    copy.fresh = fresh.clone();
    copy.inline = inline.isEmpty() ? inline : new TreeMap<>(inline);
    copy.mayHaveInlineRecord = mayHaveInlineRecord;
    return copy;
  }

  /** Lets a block be inline; the bytes are not to be changed any more. */
  void setInline(int block, byte[] bytes, int checksum) {
    set(block, INLINE, checksum);
    if (inline.isEmpty()) {
      inline = new TreeMap<>();
    }
    inline.put(block, bytes);
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
    if (locations[block] == INLINE && !inline.isEmpty()) {
      inline.remove(block);
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
      if (!inline.isEmpty()) {
        inline.keySet().removeIf(b -> b >= firstBlock);
      }
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

  /** What it takes in memory: three arrays, inline blocks, and all their and its own headers. */
  int memoryBytes() {
    int bytes = HEADER_BYTES + locations.length * (Long.BYTES + Integer.BYTES + 1);
    for (byte[] b : inline.values()) {
      bytes += INLINE_HEADER_BYTES + b.length;
    }
    return bytes;
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
      if (fresh[i] && isStored(i)) {
        into.add(segmentOf(locations[i]));
      }
    }
  }

  /** From now on no block may be overwritten in place: the index is about to know them. */
  void seal() {
    mayHaveInlineRecord |= !inline.isEmpty();
    Arrays.fill(fresh, false);
  }

  /** Locations of all blocks in segments. */
  List<Long> all() {
    List<Long> found = new ArrayList<>();
    for (long l : locations) {
      if (l != HOLE && l != INLINE) {
        found.add(l);
      }
    }
    return found;
  }

  /**
   * Blocks from {@code first} on that lie behind each other on disk, or are all inline; at least 1,
   * at most {@code max}.
   */
  int run(int first, int max) {
    int step = isInline(first) ? 0 : 1;
    int n = 1;
    while (n < max
        && !isHole(first + n)
        && locations[first + n] == locations[first] + (long) n * step) {
      n++;
    }
    return n;
  }

  private boolean hasInline() {
    for (long l : locations) {
      if (l == INLINE) {
        return true;
      }
    }
    return false;
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
    out.put(hasInline() ? FORMAT_WITH_INLINE : FORMAT).putShort((short) runs);
    for (int i = 0; i < locations.length; ) {
      if (locations[i] == HOLE) {
        i++;
        continue;
      }
      int n = run(i, locations.length - i);
      out.putShort((short) i).putShort((short) n);
      if (isInline(i)) {
        out.putInt(INLINE_SEGMENT).putInt(0);
      } else {
        out.putInt(segmentOf(locations[i])).putInt(blockOf(locations[i]));
      }
      for (int k = 0; k < n; k++) {
        out.putInt(checksums[i + k]);
      }
      i += n;
    }
    return out.array();
  }

  /** A map whose inline blocks, where it {@linkplain #mayHaveInlineRecord has any}, are missing. */
  static BlockMap decode(byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(value);
    byte format = in.get();
    if (format != FORMAT && format != FORMAT_WITH_INLINE) {
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
        boolean inSegment = segment != INLINE_SEGMENT;
        map.set(first + k, inSegment ? location(segment, block + k) : INLINE, in.getInt());
        map.mayHaveInlineRecord |= !inSegment;
      }
    }
    map.seal();
    return map;
  }

  /** The same with the record of its inline blocks; others in there are not its own. */
  BlockMap with(byte[] inlineRecord) {
    Map<Integer, byte[]> found = InlineBlocks.decode(inlineRecord);
    found.keySet().removeIf(b -> !isInline(b));
    inline = found;
    return this;
  }
}
