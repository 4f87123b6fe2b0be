package io.troupe.lsm.table;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.entry.Found;
import io.troupe.lsm.range.RangeTombstones;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A table that was opened. Thread-safe. The fence and the ranges are in memory; filters, index
 * blocks and data blocks come and go by the {@link BlockCache}.
 *
 * <p>The file may be closed while others still look at the table: what it says goes on to be true,
 * since tables do not change, and {@link TableCache} opens the file again for what is not in
 * memory. The file is counted: it is closed when the cache of tables has let it go and the last
 * read is through. Only the interruption of a thread that reads closes it earlier.
 */
final class Table {

  private final long number;
  private final String name;
  private final DiskFile file;
  private final long sectionsEnd;
  private final AtomicInteger users = new AtomicInteger(1); // the cache of tables is one
  private final Fence fence;
  private final RangeTombstones ranges;
  private final TableCache tables;

  // Where those that are in the cache were last seen: saves the search.
  private final AtomicReferenceArray<@Nullable Block> filters;
  private final AtomicReferenceArray<@Nullable Block> indices;
  private final AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable Block>> data;

  /** Set by readers, cleared by the cache of tables as its hand passes; races are harmless. */
  boolean referenced = true;

  private Table(
      long number,
      String name,
      DiskFile file,
      long sectionsEnd,
      Fence fence,
      RangeTombstones ranges,
      TableCache tables) {
    this.number = number;
    this.name = name;
    this.file = file;
    this.sectionsEnd = sectionsEnd;
    this.fence = fence;
    this.ranges = ranges;
    this.tables = tables;
    this.filters = new AtomicReferenceArray<>(fence.parts());
    this.indices = new AtomicReferenceArray<>(fence.parts());
    this.data = new AtomicReferenceArray<>(fence.parts());
  }

  static Table open(Disk disk, long number, TableCache tables) throws IOException {
    String name = TableFormat.fileName(number);
    DiskFile file = disk.open(name);
    boolean done = false;
    try {
      long size = file.size();
      long footerAt = size - TableFormat.FOOTER_BYTES;
      if (footerAt < 0) {
        throw new CorruptionException(name, 0, "the file has only " + size + " bytes");
      }
      TableFormat.Footer footer =
          TableFormat.decodeFooter(
              name, footerAt, read(name, file, footerAt, TableFormat.FOOTER_BYTES));
      if (footer.fileNumber() != number) {
        throw new CorruptionException(
            name, footerAt + 8, "the file says that it is number " + footer.fileNumber());
      }
      var codec = new SectionCodec();
      Fence fence =
          Fence.decode(
              section(
                  name, file, number, footerAt, footer.fenceOffset(), footer.fenceLength(), codec));
      RangeTombstones ranges = RangeTombstones.NONE;
      if (footer.ranges() > 0) {
        ranges =
            RangeTombstones.of(
                RangeSection.decode(
                    section(
                        name,
                        file,
                        number,
                        footerAt,
                        footer.rangesOffset(),
                        footer.rangesLength(),
                        codec)));
      }
      done = true;
      return new Table(number, name, file, footerAt, fence, ranges, tables);
    } finally {
      if (!done) {
        file.close();
      }
    }
  }

  long number() {
    return number;
  }

  String name() {
    return name;
  }

  Fence fence() {
    return fence;
  }

  RangeTombstones ranges() {
    return ranges;
  }

  /** Where the sections end. */
  long sectionsEnd() {
    return sectionsEnd;
  }

  /** As {@link io.troupe.lsm.memtable.SkipList#find}. */
  boolean find(byte[] key, long hash, long sequence, Found answer) throws IOException {
    int part = fence.find(key, sequence);
    if (part == fence.parts() || !mayContain(part, hash)) {
      return false;
    }
    Block index = index(part, true);
    int entry = index.firstFrom(key, sequence);
    if (entry == index.count()) {
      index.release();
      throw new CorruptionException(
          name, fence.indexOffset(part), "the index block ends before its last key");
    }
    Block block;
    try {
      block = data(part, index, entry, true, null);
    } finally {
      index.release();
    }
    if (block.find(key, hash, sequence, answer)) {
      answer.hold(block);
      return true;
    }
    block.release();
    return false;
  }

  /** The index block of a part, pinned. */
  Block index(int part, boolean keep) throws IOException {
    Block seen = indices.getAcquire(part);
    if (seen != null && seen.pin()) {
      return seen;
    }
    Block block = tables.block(this, fence.indexOffset(part), fence.indexLength(part), keep, null);
    block.remember(indices, part);
    return block;
  }

  /**
   * The data block of an entry of an index block, pinned.
   *
   * @param window what its cursor read ahead; null for a single block
   */
  Block data(int part, Block index, int entry, boolean keep, @Nullable Window window)
      throws IOException {
    AtomicReferenceArray<@Nullable Block> blocks = data.getAcquire(part);
    Block seen = blocks == null ? null : blocks.getAcquire(entry);
    if (seen != null && seen.pin()) {
      tables.seen();
      return seen;
    }
    MemorySegment memory = index.memory();
    int at = index.value(entry);
    long offset = Block.longVarint(memory, at);
    int length = (int) Block.longVarint(memory, Block.behindVarint(memory, at));
    Block block = tables.block(this, offset, length, keep, window);
    if (block.isCached()) {
      if (blocks == null) {
        data.compareAndSet(part, null, new AtomicReferenceArray<>(index.count()));
        blocks = data.getAcquire(part);
      }
      if (blocks != null) {
        block.remember(blocks, entry);
      }
    }
    return block;
  }

  /** Whether it may have versions of the key that is the start of an array. */
  boolean mayHave(byte[] key, int keyLength, long hash) throws IOException {
    int part = fence.find(key, keyLength, Long.MAX_VALUE);
    return part < fence.parts() && mayContain(part, hash);
  }

  private boolean mayContain(int part, long hash) throws IOException {
    Block seen = filters.getAcquire(part);
    if (seen != null) {
      boolean may = Bloom.mayContain(seen.memory(), seen.start(), seen.length(), hash);
      if (seen.isPresent()) {
        seen.touch();
        return may;
      }
    }
    Block filter = tables.filter(this, fence.filterOffset(part), fence.filterLength(part));
    boolean may = Bloom.mayContain(filter.memory(), filter.start(), filter.length(), hash);
    filter.remember(filters, part);
    filter.release();
    return may;
  }

  /** False when the file is closed already: to be looked up again. */
  boolean retain() {
    while (true) {
      int now = users.get();
      if (now == 0) {
        return false;
      }
      if (users.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  /** The last one to let go closes the file. */
  void release() throws IOException {
    if (users.decrementAndGet() == 0) {
      file.close();
    }
  }

  /** Fills a buffer from the file, which is retained. */
  void read(long offset, ByteBuffer target) throws IOException {
    int length = target.remaining();
    if (file.read(offset, target) != length) {
      throw new CorruptionException(
          name, offset, "the file ends within a section of " + length + " bytes");
    }
  }

  private static ByteBuffer section(
      String name,
      DiskFile file,
      long number,
      long end,
      long offset,
      int length,
      SectionCodec codec)
      throws IOException {
    check(name, offset, length, end);
    ByteBuffer stored = read(name, file, offset, length);
    ByteBuffer body = ByteBuffer.allocate(codec.verify(stored, name, number, offset));
    codec.decode(stored, MemorySegment.ofBuffer(body), name, offset);
    return body;
  }

  /** Whether a section can be where something says that it is. */
  static void check(String name, long offset, int length, long end) throws CorruptionException {
    if (offset < 0 || length < TableFormat.TRAILER_BYTES || offset > end - length) {
      throw new CorruptionException(
          name, offset, "a section of " + length + " bytes is not within the file");
    }
  }

  private static ByteBuffer read(String name, DiskFile file, long offset, int length)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    if (file.read(offset, bytes) != length) {
      throw new CorruptionException(
          name, offset, "the file ends within a section of " + length + " bytes");
    }
    return bytes.flip();
  }
}
