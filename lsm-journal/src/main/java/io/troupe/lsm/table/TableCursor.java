package io.troupe.lsm.table;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.entry.EntryCursor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Steps through the versions of a table: parts of the fence, entries of their index blocks, entries
 * of data blocks. Holds one index block and one data block pinned.
 */
final class TableCursor implements EntryCursor {

  private final Table table;
  private final boolean descending;
  private final boolean keep;
  private final Window window;
  private final BlockWalk index = new BlockWalk();
  private final BlockWalk data = new BlockWalk();
  private int part;
  private boolean onNext; // the entry that next() goes to is the current one already
  private boolean ended;

  /**
   * @param keep whether blocks are put into the cache: not for what is read once only
   */
  TableCursor(Table table, boolean descending, boolean keep) {
    this.table = table;
    this.descending = descending;
    this.keep = keep;
    this.window = keep ? Window.ofScan() : Window.ofMerge();
  }

  /**
   * Goes in front of the first version of a key (ascending), or behind the last version before it
   * (descending).
   */
  void seek(byte[] key) throws IOException {
    Fence fence = table.fence();
    part = fence.find(key, Long.MAX_VALUE);
    if (part == fence.parts()) {
      toEnd();
      return;
    }
    index.take(table.index(part, keep));
    if (!index.seek(key, Long.MAX_VALUE)) {
      throw new CorruptionException(
          table.name(), fence.indexOffset(part), "the index block ends before its last key");
    }
    takeData();
    boolean found = data.seek(key, Long.MAX_VALUE);
    onNext = found && !descending;
  }

  void toStart() throws IOException {
    part = 0;
    if (table.fence().parts() == 0) {
      ended = true;
      return;
    }
    index.take(table.index(part, keep));
    index.next();
    takeData();
  }

  void toEnd() throws IOException {
    part = table.fence().parts() - 1;
    if (part < 0 || !descending) {
      ended = true;
      return;
    }
    index.take(table.index(part, keep));
    index.toEnd();
    index.previous();
    takeData();
    data.toEnd();
  }

  @Override
  public boolean next() throws IOException {
    if (onNext) {
      onNext = false;
      return true;
    }
    if (ended) {
      return false;
    }
    return descending ? backward() : forward();
  }

  private boolean forward() throws IOException {
    while (!data.next()) {
      if (!index.next()) {
        if (part + 1 == table.fence().parts()) {
          ended = true;
          return false;
        }
        index.take(table.index(++part, keep));
        index.next();
      }
      takeData();
    }
    return true;
  }

  private boolean backward() throws IOException {
    while (!data.previous()) {
      if (!index.previous()) {
        if (part == 0) {
          ended = true;
          return false;
        }
        index.take(table.index(--part, keep));
        index.toEnd();
        index.previous();
      }
      takeData();
      data.toEnd();
    }
    return true;
  }

  /** The data block of the entry of the index. */
  private void takeData() throws IOException {
    data.release(); // before the window's room is used again
    data.take(table.data(part, index.block(), index.number(), keep, window));
  }

  @Override
  public byte[] keyBuffer() {
    return data.key();
  }

  @Override
  public int keyLength() {
    return data.keyLength();
  }

  @Override
  public long sequence() {
    return data.sequence();
  }

  @Override
  public byte kind() {
    return data.kind();
  }

  @Override
  public MemorySegment valueMemory() {
    return data.memory();
  }

  @Override
  public long valueOffset() {
    return data.valueOffset();
  }

  @Override
  public int valueLength() {
    return data.valueLength();
  }

  @Override
  public void close() {
    index.release();
    data.release();
    ended = true;
    onNext = false;
  }
}
