package io.troupe.lsm.table;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Found;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * An open table. Thread-safe. Filter and fence are in memory, blocks come and go by the {@link
 * BlockCache}.
 *
 * <p>Counted: it is closed when the cache of tables has let it go and the last reader is through.
 * Only the interruption of a thread that reads closes the file earlier; then reading throws {@link
 * java.nio.channels.ClosedChannelException}, and {@link TableCache} opens it again.
 */
final class Table {

  private final String name;
  private final long number;
  private final DiskFile file;
  private final long size;
  private final AtomicInteger users = new AtomicInteger(1); // the cache of tables is one
  private final Bloom filter;
  private final Fence fence;
  private final AtomicReferenceArray<Block> blocks;
  private final BlockCache cache;

  /** Set by readers, cleared by the cache of tables as its hand passes; races are harmless. */
  boolean referenced = true;

  private Table(
      String name,
      long number,
      DiskFile file,
      long size,
      Bloom filter,
      Fence fence,
      BlockCache cache) {
    this.name = name;
    this.number = number;
    this.file = file;
    this.size = size;
    this.filter = filter;
    this.fence = fence;
    this.blocks = new AtomicReferenceArray<>(fence.blocks());
    this.cache = cache;
  }

  static Table open(Disk disk, long number, BlockCache cache) throws IOException {
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
              name, footerAt, read(name, file, size, footerAt, TableFormat.FOOTER_BYTES));
      if (footer.fileNumber() != number) {
        throw new CorruptionException(
            name, footerAt + 8, "the file says that it is number " + footer.fileNumber());
      }
      Bloom filter =
          Bloom.decode(
              name,
              read(name, file, size, footer.filterOffset(), footer.filterLength()),
              number,
              footer.filterOffset());
      Fence fence =
          Fence.decode(
              name,
              read(name, file, size, footer.fenceOffset(), footer.fenceLength()),
              number,
              footer.fenceOffset());
      done = true;
      return new Table(name, number, file, size, filter, fence, cache);
    } finally {
      if (!done) {
        file.close();
      }
    }
  }

  /** As {@link io.troupe.lsm.memtable.SkipList#find}. */
  boolean find(byte[] key, long hash, long sequence, Found answer) throws IOException {
    if (!filter.mayContain(hash)) {
      return false;
    }
    int number = fence.find(key, sequence);
    if (number == fence.blocks()) {
      return false;
    }
    Block block = block(number, true);
    int entry = block.lowerBound(key, sequence);
    if (entry == block.count() || !block.hasKey(entry, key)) {
      return false;
    }
    answer.set(
        block.kind(entry),
        block.sequence(entry),
        block.memory(),
        block.valueOffset(entry),
        block.valueLength(entry),
        null);
    return true;
  }

  /** Whether it may have versions of a key with that hash. */
  boolean mayHave(long hash) {
    return filter.mayContain(hash);
  }

  /** False when it is closed already: to be looked up again. */
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
      cache.remove(blocks);
      file.close();
    }
  }

  Fence fence() {
    return fence;
  }

  /** A block, from memory or from the file; one that is read once only is better not kept. */
  Block block(int block, boolean keep) throws IOException {
    Block cached = blocks.getAcquire(block);
    cache.asked(cached != null);
    if (cached != null) {
      cached.referenced = true;
      return cached;
    }
    long offset = fence.offset(block);
    Block read =
        Block.decode(name, read(name, file, size, offset, fence.length(block)), number, offset);
    if (keep) {
      cache.add(blocks, block, read);
    }
    return read;
  }

  private static byte[] read(String name, DiskFile file, long size, long offset, int length)
      throws IOException {
    if (offset < 0 || length < 0 || offset + length > size) {
      throw new CorruptionException(
          name, offset, "a section of " + length + " bytes ends behind the file");
    }
    byte[] bytes = new byte[length];
    if (file.read(offset, ByteBuffer.wrap(bytes)) != length) {
      throw new CorruptionException(
          name, offset, "the file ends within a section of " + length + " bytes");
    }
    return bytes;
  }

  /**
   * Steps through the blocks of a table by position, so that it survives the table being closed and
   * opened again.
   */
  static final class Position implements EntryCursor {
    private final TableCache tables;
    private final long table;
    private final boolean descending;
    private final boolean keep;
    private int blockNumber;
    private int entry;
    private @Nullable Block block;
    private int blocks;
    private byte[] key = new byte[64];
    private int keyOf = -1; // the entry whose key was copied

    /** Stands in front of the entry at that place. */
    Position(TableCache tables, long table, boolean descending, boolean keep) {
      this.tables = tables;
      this.table = table;
      this.descending = descending;
      this.keep = keep;
    }

    /**
     * Goes in front of the first version of a key (ascending), or behind the last version before it
     * (descending).
     */
    void seek(byte[] key) throws IOException {
      place(tables.locate(table, key));
      block = null;
      if (blockNumber < blocks) {
        Block found = tables.block(table, blockNumber, keep);
        entry = found.lowerBound(key, Long.MAX_VALUE) - (descending ? 0 : 1);
        block = found;
      } else {
        seekEnd();
      }
    }

    void seekStart() throws IOException {
      place(new TableCache.Place(0, tables.blocks(table)));
      block = tables.block(table, 0, keep);
      entry = -1;
    }

    void seekEnd() throws IOException {
      int count = tables.blocks(table);
      place(new TableCache.Place(count - 1, count));
      Block end = tables.block(table, blockNumber, keep);
      block = end;
      entry = end.count();
    }

    private void place(TableCache.Place place) {
      blockNumber = place.block();
      blocks = place.blocks();
    }

    @Override
    public boolean next() throws IOException {
      Block current = current();
      keyOf = -1;
      if (descending) {
        entry--;
        while (entry < 0) {
          if (blockNumber == 0) {
            entry = -1;
            return false;
          }
          current = tables.block(table, --blockNumber, keep);
          block = current;
          entry = current.count() - 1;
        }
        return true;
      }
      entry++;
      while (entry >= current.count()) {
        if (blockNumber + 1 >= blocks) {
          entry = current.count();
          return false;
        }
        current = tables.block(table, ++blockNumber, keep);
        block = current;
        entry = 0;
      }
      return true;
    }

    @Override
    public byte[] keyBuffer() {
      if (keyOf != entry) {
        key = current().key(entry, key);
        keyOf = entry;
      }
      return key;
    }

    @Override
    public int keyLength() {
      return current().keyLengthOf(entry);
    }

    @Override
    public long sequence() {
      return current().sequence(entry);
    }

    @Override
    public byte kind() {
      return current().kind(entry);
    }

    @Override
    public MemorySegment valueMemory() {
      return current().memory();
    }

    @Override
    public long valueOffset() {
      return current().valueOffset(entry);
    }

    @Override
    public int valueLength() {
      return current().valueLength(entry);
    }

    private Block current() {
      Block current = block;
      if (current == null) {
        throw new IllegalStateException("the cursor was not placed");
      }
      return current;
    }
  }
}
