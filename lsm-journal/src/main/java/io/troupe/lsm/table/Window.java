package io.troupe.lsm.table;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * What a cursor reads ahead of a table, and room for one block that is not put into the cache. For
 * one thread.
 *
 * <p>A scan starts without; from the second block in a row that had to come from the file, it reads
 * twice as much each time. A merge reads large pieces from the start.
 */
final class Window {

  private static final int FIRST_BYTES = 32 << 10;
  private static final int MAX_BYTES = 256 << 10;
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);
  private static final int FIRST_BODY_BYTES = 16 << 10;

  private ByteBuffer buffer = EMPTY;
  private MemorySegment body = MemorySegment.NULL;
  private long start;
  private int filled;
  private int nextBytes;
  private int inARow;
  private long expected = -1;

  private Window(int inARow, int nextBytes) {
    this.inARow = inARow;
    this.nextBytes = nextBytes;
  }

  static Window ofScan() {
    return new Window(0, FIRST_BYTES);
  }

  static Window ofMerge() {
    return new Window(2, MAX_BYTES);
  }

  /** The bytes of a section, from position to limit; valid until the next call. */
  ByteBuffer section(TableCache tables, Table table, long offset, int length, SectionCodec codec)
      throws IOException {
    long end = offset + length;
    // Filter and index block of a part lie between data blocks: a gap is still in a row.
    boolean follows = offset >= expected && offset - expected < MAX_BYTES;
    inARow = expected < 0 || follows ? inARow + 1 : 0;
    expected = end;
    if (offset >= start && end <= start + filled) {
      return piece(offset, length);
    }
    if (inARow < 2 || length > MAX_BYTES) {
      ByteBuffer bytes = codec.input(length);
      tables.read(table, offset, bytes);
      return bytes.flip();
    }
    int wanted = (int) Math.min(Math.max(nextBytes, length), table.sectionsEnd() - offset);
    nextBytes = Math.min(MAX_BYTES, 2 * nextBytes);
    if (buffer.capacity() < wanted) {
      buffer = ByteBuffer.allocateDirect(Math.max(wanted, FIRST_BYTES));
    }
    filled = 0;
    tables.read(table, offset, buffer.clear().limit(wanted));
    start = offset;
    filled = wanted;
    return piece(offset, length);
  }

  /** Memory for a body; what it held before is gone. */
  MemorySegment body(int length) {
    if (body.byteSize() < length || body.byteSize() > Math.max(MAX_BYTES, 4L * length)) {
      body = Arena.ofAuto().allocate(Math.max(FIRST_BODY_BYTES, length));
    }
    return body;
  }

  private ByteBuffer piece(long offset, int length) {
    int at = (int) (offset - start);
    return buffer.limit(at + length).position(at);
  }
}
