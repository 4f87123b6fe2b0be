package io.troupe.lsm.table;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.entry.Keys;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.range.RangeTombstone;
import io.troupe.lsm.version.TableMeta;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reads all of a table, section by section, beside the caches: tells of what does not verify and
 * goes on behind it. Of a part whose index block is broken the data blocks are looked for; without
 * footer or fence nothing can be read. For one thread, once.
 */
public final class TableScan {

  /** Receives what a table has. Entries come in order where the table is whole. */
  public interface Visitor {

    /** An entry of a block that verified; the arguments are valid during the call. */
    default void entry(
        byte[] key,
        int keyLength,
        long sequence,
        byte kind,
        MemorySegment value,
        long valueOffset,
        int valueLength)
        throws IOException {}

    /** A delete of a range, after all entries. */
    default void range(RangeTombstone range) throws IOException {}

    /** Something does not verify. */
    void broken(long offset, String what);

    /** Entries whose keys lie behind the first and not behind the second cannot be read. */
    default void lost(byte[] after, byte[] through) {}
  }

  private final String name;
  private final long number;
  private final Visitor visitor;
  private final SectionCodec codec = new SectionCodec();
  private final BlockWalk index = new BlockWalk();
  private final BlockWalk data = new BlockWalk();
  private long sectionsEnd;
  private long at; // where the next section has to start

  // what was read
  private long entries;
  private long tombstones;
  private long lowest = Long.MAX_VALUE;
  private long highest;
  private byte[] first = new byte[0];
  private byte[] last = new byte[0];
  private long lastSequence;

  private TableScan(long number, Visitor visitor) {
    this.number = number;
    this.name = TableFormat.fileName(number);
    this.visitor = visitor;
  }

  /**
   * Scans a table.
   *
   * @return what it has, by what was read of it; none when not even footer and fence can be, or
   *     nothing
   */
  public static Optional<TableMeta> scan(Disk disk, long number, Visitor visitor)
      throws IOException {
    var scan = new TableScan(number, visitor);
    try (DiskFile file = disk.open(scan.name)) {
      return scan.run(file);
    } finally {
      scan.index.release();
      scan.data.release();
    }
  }

  private Optional<TableMeta> run(DiskFile file) throws IOException {
    TableFormat.Footer footer;
    Fence fence;
    try {
      footer = footer(file);
      fence = Fence.decode(bytes(file, footer.fenceOffset(), footer.fenceLength()));
    } catch (CorruptionException e) {
      visitor.broken(e.offset(), e.what());
      return Optional.empty();
    } catch (BufferUnderflowException e) {
      visitor.broken(sectionsEnd, "the fence ends too early: " + e);
      return Optional.empty();
    }
    byte[] before = new byte[0];
    for (int part = 0; part < fence.parts(); part++) {
      before = part(file, fence, part, before);
    }
    List<RangeTombstone> ranges = ranges(file, footer);
    expect(footer.fenceOffset(), footer.fenceLength());
    if (at != sectionsEnd) {
      visitor.broken(at, "bytes that belong to no section");
    }
    compare("entries", footer.entries(), entries);
    compare("deletes", footer.tombstones(), tombstones);
    compare("deletes of ranges", footer.ranges(), ranges.size());
    if (entries == 0 && ranges.isEmpty()) {
      return Optional.empty();
    }
    compare("as lowest sequence number", footer.lowestSequence(), lowest);
    compare("as highest sequence number", footer.highestSequence(), highest);
    return Optional.of(meta(file.size(), footer.index(), ranges));
  }

  private TableFormat.Footer footer(DiskFile file) throws IOException {
    long size = file.size();
    sectionsEnd = size - TableFormat.FOOTER_BYTES;
    if (sectionsEnd < 0) {
      throw new CorruptionException(name, 0, "the file has only " + size + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.allocate(TableFormat.FOOTER_BYTES);
    file.read(sectionsEnd, bytes);
    TableFormat.Footer footer = TableFormat.decodeFooter(name, sectionsEnd, bytes.flip());
    if (footer.fileNumber() != number) {
      throw new CorruptionException(
          name, sectionsEnd + 8, "the file says that it is number " + footer.fileNumber());
    }
    return footer;
  }

  /** Returns the key that the part ends with. */
  private byte[] part(DiskFile file, Fence fence, int part, byte[] before) throws IOException {
    byte[] through = fence.key(part);
    List<Long> hashes = new ArrayList<>();
    Block block = null;
    try {
      block = block(file, fence.indexOffset(part), fence.indexLength(part));
    } catch (CorruptionException e) {
      visitor.broken(e.offset(), "index block: " + e.what());
    }
    if (block != null) {
      indexed(file, block, before, hashes);
    } else {
      search(file, fence.filterOffset(part), before, through, hashes);
    }
    expect(fence.filterOffset(part), fence.filterLength(part));
    filter(file, fence.filterOffset(part), fence.filterLength(part), hashes);
    expect(fence.indexOffset(part), fence.indexLength(part));
    if (Arrays.compareUnsigned(last, through) > 0) {
      visitor.broken(fence.indexOffset(part), "the part has keys behind the one in the fence");
    }
    return through;
  }

  private void indexed(DiskFile file, Block block, byte[] before, List<Long> hashes)
      throws IOException {
    byte[] after = before;
    index.take(block);
    while (index.next()) {
      MemorySegment memory = index.memory();
      int place = index.valueOffset();
      long offset = Block.longVarint(memory, place);
      while (memory.get(ValueLayout.JAVA_BYTE, place) < 0) {
        place++;
      }
      int length = (int) Block.longVarint(memory, place + 1);
      byte[] separator = Arrays.copyOf(index.key(), index.keyLength());
      expect(offset, length);
      try {
        entries(block(file, offset, length), offset, hashes);
        if (Keys.compare(last, lastSequence, separator, index.sequence()) > 0) {
          visitor.broken(offset, "the block has entries behind the one in the index block");
        }
      } catch (CorruptionException e) {
        visitor.broken(e.offset(), e.what());
        visitor.lost(after, separator);
      }
      after = separator;
    }
  }

  /**
   * Finds data blocks without an index: a section ends where a trailer says so whose checksum
   * holds. Stops at a block that is broken too: where the next one starts is not known.
   */
  private void search(DiskFile file, long end, byte[] before, byte[] through, List<Long> hashes)
      throws IOException {
    if (end < at || end > sectionsEnd || end - at > Integer.MAX_VALUE) {
      visitor.lost(before, through);
      return;
    }
    ByteBuffer region = ByteBuffer.allocate((int) (end - at));
    file.read(at, region);
    region.flip();
    var sections = new SectionSearch(name, number, codec);
    int from = 0;
    long start = at;
    while (from < region.limit()) {
      int length = sections.lengthAt(region, from, start + from);
      if (length == 0) {
        visitor.lost(before, through);
        break;
      }
      entries(block(file, start + from, length), start + from, hashes);
      from += length;
    }
    at = end;
  }

  private void entries(Block block, long offset, List<Long> hashes) throws IOException {
    data.take(block);
    while (data.next()) {
      byte[] key = Arrays.copyOf(data.key(), data.keyLength());
      if (entries == 0) {
        first = key;
      } else if (Keys.compare(last, lastSequence, key, data.sequence()) >= 0) {
        visitor.broken(offset, "an entry is not behind the one before it");
      }
      if (!Kind.isKnown(data.kind())) {
        visitor.broken(offset, "an entry of unknown kind " + data.kind());
      }
      hashes.add(Bloom.hash(key));
      last = key;
      lastSequence = data.sequence();
      entries++;
      tombstones += data.kind() == Kind.DELETE ? 1 : 0;
      noteSequence(lastSequence);
      visitor.entry(
          key,
          key.length,
          lastSequence,
          data.kind(),
          data.memory(),
          data.valueOffset(),
          data.valueLength());
    }
  }

  private void filter(DiskFile file, long offset, int length, List<Long> hashes)
      throws IOException {
    try {
      MemorySegment filter = body(file, offset, length);
      for (long hash : hashes) {
        if (!Bloom.mayContain(filter, 0, (int) filter.byteSize(), hash)) {
          visitor.broken(offset, "the filter does not know a key of its part");
          return;
        }
      }
    } catch (CorruptionException e) {
      visitor.broken(e.offset(), "filter: " + e.what());
    }
  }

  private List<RangeTombstone> ranges(DiskFile file, TableFormat.Footer footer) throws IOException {
    if (footer.ranges() == 0) {
      return List.of();
    }
    expect(footer.rangesOffset(), footer.rangesLength());
    try {
      List<RangeTombstone> ranges =
          RangeSection.decode(bytes(file, footer.rangesOffset(), footer.rangesLength()));
      for (RangeTombstone range : ranges) {
        noteSequence(range.sequence());
        visitor.range(range);
      }
      return ranges;
    } catch (CorruptionException e) {
      visitor.broken(e.offset(), "deletes of ranges: " + e.what());
      return List.of();
    }
  }

  private TableMeta meta(long bytes, int indexId, List<RangeTombstone> ranges) {
    byte[] smallest = first;
    byte[] largest = last;
    boolean openEnd = false;
    Optional<RangeTombstone> lowestRange =
        ranges.stream().min(Comparator.comparing(RangeTombstone::from, Arrays::compareUnsigned));
    if (lowestRange.isPresent()
        && (entries == 0 || Arrays.compareUnsigned(lowestRange.get().from(), first) < 0)) {
      smallest = lowestRange.get().from();
    }
    for (RangeTombstone range : ranges) {
      if (Arrays.compareUnsigned(range.to(), largest) > 0) {
        largest = range.to();
        openEnd = true;
      }
    }
    return new TableMeta(
        number,
        indexId,
        bytes,
        entries,
        tombstones,
        ranges.size(),
        lowest,
        highest,
        smallest,
        largest,
        openEnd);
  }

  private void noteSequence(long sequence) {
    lowest = Math.min(lowest, sequence);
    highest = Math.max(highest, sequence);
  }

  private void expect(long offset, int length) {
    if (offset != at) {
      visitor.broken(at, "the next section starts at " + offset);
    }
    at = offset + length;
  }

  private void compare(String what, long said, long read) {
    if (said != read) {
      visitor.broken(sectionsEnd, "the footer has " + said + " " + what + ", read were " + read);
    }
  }

  private Block block(DiskFile file, long offset, int length) throws IOException {
    MemorySegment body = body(file, offset, length);
    var block = new Block(body, 0, (int) body.byteSize(), number, offset, -1);
    block.parse(name);
    return block;
  }

  private ByteBuffer bytes(DiskFile file, long offset, int length) throws IOException {
    return ByteBuffer.wrap(body(file, offset, length).toArray(ValueLayout.JAVA_BYTE));
  }

  private MemorySegment body(DiskFile file, long offset, int length) throws IOException {
    Table.check(name, offset, length, sectionsEnd);
    ByteBuffer section = codec.input(length);
    file.read(offset, section);
    int bytes = codec.verify(section.flip(), name, number, offset);
    MemorySegment body = Arena.ofAuto().allocate(bytes);
    codec.decode(section, body, name, offset);
    return body;
  }
}
