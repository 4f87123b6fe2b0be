package io.troupe.lsm.table;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.entry.Keys;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.range.RangeTombstone;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads what verifies of a table of which a part does not, whichever that is. Fence and index
 * blocks say where sections are; where they are broken too, sections follow each other, and behind
 * one that is broken the next is searched for. An entry is given only when the checksum of its
 * block holds, which covers the number of the table and the place in it, and when it is behind the
 * entry before it. Holds the file in memory. For one thread, once.
 */
public final class TableSalvage {

  /** Receives what the table still has, entries in order. */
  public interface Visitor {

    /** An entry; the arguments are valid during the call. */
    void entry(
        byte[] key,
        int keyLength,
        long sequence,
        byte kind,
        MemorySegment value,
        long valueOffset,
        int valueLength)
        throws IOException;

    /** A delete of a range, after all entries. */
    void range(RangeTombstone range) throws IOException;

    /**
     * Entries are lost: of keys from the one before to the one behind, which may have lost versions
     * themselves.
     *
     * @param before none when nothing in front of it can be read
     * @param behind none when nothing behind it can be read
     */
    void lost(long offset, Optional<byte[]> before, Optional<byte[]> behind);

    /** Deletes of ranges are lost, it is not known of which keys. */
    void rangesLost(long offset);
  }

  /** What a hint says of a section. */
  private record Place(int length, boolean data) {}

  /** How long a section may be whose start is searched for too: blocks have 4 KiB, mostly. */
  private static final int NEAR_BYTES = 64 << 10;

  private final String name;
  private final long number;
  private final Visitor visitor;
  private final SectionCodec codec = new SectionCodec();
  private final SectionSearch search;
  private final BlockWalk walk = new BlockWalk();
  private final TreeMap<Long, Place> places = new TreeMap<>();
  private ByteBuffer file = ByteBuffer.allocate(0);
  private int at;
  private int end; // of data blocks, filters and index blocks
  private Optional<byte[]> last = Optional.empty();
  private long lastSequence;
  private int lostAt = -1; // what was lost and not told yet

  private TableSalvage(long number, Visitor visitor) {
    this.number = number;
    this.name = TableFormat.fileName(number);
    this.search = new SectionSearch(name, number, codec);
    this.visitor = visitor;
  }

  /**
   * Reads a table.
   *
   * @return the index that the table says it belongs to; none when its footer does not verify
   */
  public static OptionalInt read(Disk disk, long number, Visitor visitor) throws IOException {
    var salvage = new TableSalvage(number, visitor);
    try (DiskFile file = disk.open(salvage.name)) {
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
      file.read(0, bytes);
      salvage.file = bytes.flip();
    }
    try {
      return salvage.run();
    } finally {
      salvage.walk.release();
    }
  }

  private OptionalInt run() throws IOException {
    int footerAt = Math.max(0, file.limit() - TableFormat.FOOTER_BYTES);
    Optional<TableFormat.Footer> footer = footer(footerAt);
    Optional<Fence> fence = fence(footer, footerAt);
    end = footerAt;
    int rangesAt = -1;
    int rangesEnd = footerAt;
    if (fence.isPresent()) {
      end = hints(fence.get());
      rangesAt = end;
      rangesEnd = fenceAt(footer, footerAt);
    } else if (footer.isPresent() && isWithin(footer.get().fenceOffset())) {
      rangesEnd = (int) footer.get().fenceOffset();
      rangesAt = footer.get().ranges() > 0 ? (int) footer.get().rangesOffset() : rangesEnd;
      end = isWithin(rangesAt) ? rangesAt : rangesEnd;
    } else if (footer.isEmpty()) {
      end = file.limit();
    }
    sections();
    // The file may have been cut anywhere, also where a section ends.
    boolean cut = fence.isEmpty() && footer.isEmpty();
    if (lostAt >= 0 || cut) {
      visitor.lost(lostAt >= 0 ? lostAt : at, last, Optional.empty());
    }
    if (rangesAt >= 0 && rangesAt < rangesEnd) {
      ranges(rangesAt, rangesEnd - rangesAt);
    } else if (rangesAt < 0) {
      visitor.rangesLost(at);
    }
    return footer.isPresent() ? OptionalInt.of(footer.get().index()) : OptionalInt.empty();
  }

  private boolean isWithin(long offset) {
    return offset >= 0 && offset < file.limit();
  }

  private Optional<TableFormat.Footer> footer(int footerAt) {
    try {
      TableFormat.Footer footer =
          TableFormat.decodeFooter(name, footerAt, file.slice(footerAt, file.limit() - footerAt));
      return footer.fileNumber() == number ? Optional.of(footer) : Optional.empty();
    } catch (CorruptionException e) {
      return Optional.empty();
    }
  }

  /**
   * The fence stands in front of the footer and is not compressed: it can be found from its end.
   */
  private int fenceAt(Optional<TableFormat.Footer> footer, int footerAt) {
    if (footer.isPresent()) {
      return (int) footer.get().fenceOffset();
    }
    int trailer = footerAt - TableFormat.TRAILER_BYTES;
    return trailer < 0 ? -1 : trailer - file.getInt(trailer);
  }

  private Optional<Fence> fence(Optional<TableFormat.Footer> footer, int footerAt)
      throws IOException {
    int from = fenceAt(footer, footerAt);
    if (from < 0 || from >= footerAt || !verifies(from, footerAt - from)) {
      return Optional.empty();
    }
    try {
      ByteBuffer bytes =
          ByteBuffer.wrap(body(from, footerAt - from).toArray(ValueLayout.JAVA_BYTE));
      Fence fence = Fence.decode(bytes);
      // Of a file that was cut it may be another section.
      return bytes.hasRemaining() || !isInFrontOf(from, fence)
          ? Optional.empty()
          : Optional.of(fence);
    } catch (CorruptionException | BufferUnderflowException e) {
      return Optional.empty();
    }
  }

  /** Whether all parts that a fence names are in front of it. */
  private static boolean isInFrontOf(int place, Fence fence) {
    for (int part = 0; part < fence.parts(); part++) {
      if (!isInFrontOf(place, fence.filterOffset(part), fence.filterLength(part))
          || !isInFrontOf(place, fence.indexOffset(part), fence.indexLength(part))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isInFrontOf(int place, long offset, int length) {
    return offset >= 0 && length >= 0 && offset <= place - length;
  }

  /** Notes where sections are; returns where the last part ends. */
  private int hints(Fence fence) throws IOException {
    int behind = 0;
    for (int part = 0; part < fence.parts(); part++) {
      int indexAt = (int) fence.indexOffset(part);
      places.put(fence.filterOffset(part), new Place(fence.filterLength(part), false));
      places.put((long) indexAt, new Place(fence.indexLength(part), false));
      behind = indexAt + fence.indexLength(part);
      if (verifies(indexAt, fence.indexLength(part))) {
        blocks(indexAt, fence.indexLength(part));
      }
    }
    return behind;
  }

  private void blocks(int indexAt, int length) throws IOException {
    walk.take(block(indexAt, length));
    while (walk.next()) {
      MemorySegment memory = walk.memory();
      int place = walk.valueOffset();
      long offset = Block.longVarint(memory, place);
      while (memory.get(ValueLayout.JAVA_BYTE, place) < 0) {
        place++;
      }
      places.put(offset, new Place((int) Block.longVarint(memory, place + 1), true));
    }
    walk.release();
  }

  private void sections() throws IOException {
    while (at < end) {
      Place place = places.get((long) at);
      int length =
          place == null
              ? search.lengthAt(limited(next()), at, at)
              : verifies(at, place.length()) ? place.length() : 0;
      if (length > 0) {
        section(length, place);
        at += length;
      } else {
        gap(place);
      }
    }
  }

  /** Where the next section starts of which that is known. */
  private int next() {
    Map.Entry<Long, Place> next = places.higherEntry((long) at);
    return next == null || next.getKey() > end ? end : (int) (long) next.getKey();
  }

  private ByteBuffer limited(int limit) {
    return file.duplicate().limit(limit);
  }

  /** Moves to where a section starts behind one that is broken. */
  private void gap(@Nullable Place place) {
    if ((place == null || place.data()) && lostAt < 0) {
      lostAt = at;
    }
    int limit = next();
    if (place != null && at + place.length() <= limit) {
      at = limit;
      return;
    }
    at++;
    while (at < limit && search.lengthAt(limited(Math.min(limit, at + NEAR_BYTES)), at, at) == 0) {
      at++;
    }
  }

  private void section(int length, @Nullable Place place) throws IOException {
    if (place != null && !place.data()) {
      return;
    }
    Block block;
    try {
      MemorySegment body = body(at, length);
      block = new Block(body, 0, (int) body.byteSize(), number, at, -1);
      block.parseData(name); // not when it is an index block or a filter
      if (!isInOrder(block)) {
        return;
      }
    } catch (CorruptionException | IndexOutOfBoundsException | NegativeArraySizeException e) {
      return; // found by search, and no data block
    }
    walk.take(block);
    while (walk.next()) {
      byte[] key = Arrays.copyOf(walk.key(), walk.keyLength());
      if (lostAt >= 0) {
        visitor.lost(lostAt, last, Optional.of(key));
        lostAt = -1;
      }
      last = Optional.of(key);
      lastSequence = walk.sequence();
      visitor.entry(
          key,
          key.length,
          lastSequence,
          walk.kind(),
          walk.memory(),
          walk.valueOffset(),
          walk.valueLength());
    }
    walk.release();
  }

  private boolean isInOrder(Block block) {
    Optional<byte[]> before = last;
    long beforeSequence = lastSequence;
    walk.take(block);
    while (walk.next()) {
      byte[] key = Arrays.copyOf(walk.key(), walk.keyLength());
      if (!Kind.isKnown(walk.kind())
          || (before.isPresent()
              && Keys.compare(before.get(), beforeSequence, key, walk.sequence()) >= 0)) {
        return false;
      }
      before = Optional.of(key);
      beforeSequence = walk.sequence();
    }
    return true;
  }

  private void ranges(int from, int length) throws IOException {
    List<RangeTombstone> ranges = new ArrayList<>();
    if (verifies(from, length)) {
      ranges.addAll(
          RangeSection.decode(ByteBuffer.wrap(body(from, length).toArray(ValueLayout.JAVA_BYTE))));
    } else {
      visitor.rangesLost(from);
    }
    for (RangeTombstone range : ranges) {
      visitor.range(range);
    }
  }

  private boolean verifies(int from, int length) {
    return length >= TableFormat.TRAILER_BYTES
        && from >= 0
        && from <= file.limit() - length
        && search.verifies(file.duplicate().position(from).limit(from + length), from);
  }

  private Block block(int from, int length) throws IOException {
    MemorySegment body = body(from, length);
    var block = new Block(body, 0, (int) body.byteSize(), number, from, -1);
    block.parse(name);
    return block;
  }

  private MemorySegment body(int from, int length) throws IOException {
    ByteBuffer section = file.duplicate().position(from).limit(from + length);
    MemorySegment body = Arena.ofAuto().allocate(codec.verify(section, name, number, from));
    codec.decode(file.slice(from, length), body, name, from);
    return body;
  }
}
