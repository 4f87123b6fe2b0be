package io.troupe.lsm.table;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Keys;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.version.TableMeta;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Writes one table, from entries in order. When {@link #finish} returns, its contents are durable;
 * its name is after a directory sync.
 */
public final class TableWriter implements Closeable {

  private static final int BUFFER_BYTES = 1 << 18;

  /** Synced in such pieces, so that a sync of the log never waits behind much of a table. */
  private static final int FORCE_BYTES = 1 << 20;

  private final DiskFile file;
  private final long number;
  private final int index;
  private final BlockBuilder block = new BlockBuilder();
  private final Fence.Builder fence = new Fence.Builder();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private long[] hashes = new long[1024];
  private int keys;
  private long flushed;
  private long unforced;
  private long entries;
  private long tombstones;
  private long lowestSequence = Long.MAX_VALUE;
  private long highestSequence;
  private byte[] smallest = new byte[0];
  private byte[] last = new byte[64];
  private int lastLength;
  private long lastSequence;

  public TableWriter(Disk disk, long number, int index) throws IOException {
    this.file = disk.create(TableFormat.fileName(number));
    this.number = number;
    this.index = index;
  }

  /** Adds the entry under a cursor. */
  public void add(EntryCursor entry) throws IOException {
    add(
        entry.keyBuffer(),
        entry.keyLength(),
        entry.sequence(),
        entry.kind(),
        entry.valueMemory(),
        entry.valueOffset(),
        entry.valueLength());
  }

  /**
   * Adds a version of a {@link Kind}: the first bytes of an array are its key, a piece of memory is
   * its value. Both are copied.
   */
  public void add(
      byte[] key,
      int keyLength,
      long sequence,
      byte kind,
      MemorySegment value,
      long valueOffset,
      int valueLength)
      throws IOException {
    if (block.isFullFor(keyLength, valueLength)) {
      finishBlock();
    }
    if (entries == 0) {
      smallest = Arrays.copyOf(key, keyLength);
    }
    if (!endsWith(key, keyLength)) {
      if (keys == hashes.length) {
        hashes = Arrays.copyOf(hashes, 2 * keys);
      }
      hashes[keys++] = Bloom.hash(key, keyLength);
      if (last.length < keyLength) {
        last = new byte[2 * keyLength];
      }
      System.arraycopy(key, 0, last, 0, keyLength);
      lastLength = keyLength;
    }
    block.add(key, keyLength, sequence, kind, value, valueOffset, valueLength);
    lastSequence = sequence;
    entries++;
    tombstones += kind == Kind.DELETE ? 1 : 0;
    lowestSequence = Math.min(lowestSequence, sequence);
    highestSequence = Math.max(highestSequence, sequence);
  }

  /** Whether the last key is the start of an array. */
  public boolean endsWith(byte[] key, int keyLength) {
    return Keys.same(last, lastLength, key, keyLength);
  }

  /** How many bytes it has so far. */
  public long bytes() {
    return position() + (block.isEmpty() ? 0 : block.bytes());
  }

  /** Writes the rest and makes all of it durable. There must have been an entry. */
  public TableMeta finish() throws IOException {
    if (entries == 0) {
      throw new IllegalStateException("a table has at least one entry");
    }
    finishBlock();
    long filterOffset = position();
    byte[] filter = Bloom.of(hashes, keys).encode(number, filterOffset);
    write(filter);
    long fenceOffset = position();
    byte[] fenceBytes = fence.encode(number, fenceOffset);
    write(fenceBytes);
    var footer =
        new TableFormat.Footer(
            number,
            index,
            entries,
            tombstones,
            fenceOffset,
            fenceBytes.length,
            filterOffset,
            filter.length,
            lowestSequence,
            highestSequence);
    write(TableFormat.encode(footer).array());
    flush();
    file.force();
    return new TableMeta(
        number,
        index,
        flushed,
        entries,
        tombstones,
        lowestSequence,
        highestSequence,
        smallest,
        Arrays.copyOf(last, lastLength));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private void finishBlock() throws IOException {
    long offset = position();
    byte[] bytes = block.finish(number, offset);
    fence.add(offset, bytes.length, Arrays.copyOf(last, lastLength), lastSequence);
    write(bytes);
    block.clear();
  }

  private long position() {
    return flushed + buffer.position();
  }

  private void write(byte[] bytes) throws IOException {
    int at = 0;
    while (at < bytes.length) {
      int piece = Math.min(buffer.remaining(), bytes.length - at);
      buffer.put(bytes, at, piece);
      at += piece;
      if (!buffer.hasRemaining()) {
        flush();
      }
    }
  }

  private void flush() throws IOException {
    buffer.flip();
    int bytes = buffer.remaining();
    file.write(flushed, buffer);
    flushed += bytes;
    unforced += bytes;
    buffer.clear();
    if (unforced >= FORCE_BYTES) {
      file.force();
      unforced = 0;
    }
  }
}
