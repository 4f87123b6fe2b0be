package io.troupe.lsm.table;

import io.troupe.lsm.Compression;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Keys;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.range.RangeTombstone;
import io.troupe.lsm.version.TableMeta;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Writes one table, from entries in order. When {@link #finish} returns, its contents are durable;
 * its name is after a directory sync.
 */
public final class TableWriter implements Closeable {

  private static final int BUFFER_BYTES = 1 << 18;

  /** Synced in such pieces, so that a sync of the log never waits behind much of a table. */
  private static final int FORCE_BYTES = 1 << 20;

  /** An index block is full with this, unless it has fewer entries than the next constant. */
  private static final int INDEX_BYTES = 4 << 10;

  /** So that the fence is small against the data even where keys are long. */
  private static final int MIN_INDEX_ENTRIES = 16;

  /** A part is full with this many keys: 40 KiB of filter. */
  private static final int MAX_PART_KEYS = 32 << 10;

  private static final byte[] EMPTY = new byte[0];

  private final DiskFile file;
  private final long number;
  private final int index;
  private final int blockBytes;
  private final Compression compression;
  private final SectionCodec codec = new SectionCodec();
  private final BlockBuilder block = new BlockBuilder(true);
  private final BlockBuilder indexBlock = new BlockBuilder(false);
  private final Fence.Builder fence = new Fence.Builder();
  private final List<RangeTombstone> ranges = new ArrayList<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final byte[] handle = new byte[20];
  private final MemorySegment handleMemory = MemorySegment.ofArray(handle);
  private long[] hashes = new long[1024];
  private int keys; // of the part
  private boolean blockFinished; // its entry in the index waits for the next key
  private long blockOffset;
  private int blockLength;
  private byte[] separator = EMPTY;
  private long separatorSequence;
  private long flushed;
  private long unforced;
  private long entries;
  private long tombstones;
  private long lowestSequence = Long.MAX_VALUE;
  private long highestSequence;
  private byte[] smallest = EMPTY;
  private byte[] last = new byte[64];
  private int lastLength;
  private long lastSequence;

  /**
   * @param blockBytes how large data blocks are before compression; one entry may be larger
   */
  public TableWriter(Disk disk, long number, int index, int blockBytes, Compression compression)
      throws IOException {
    this.file = disk.create(TableFormat.fileName(number));
    this.number = number;
    this.index = index;
    this.blockBytes = blockBytes;
    this.compression = compression;
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
    if (!block.isEmpty()
        && block.length() + BlockBuilder.bound(keyLength, valueLength) > blockBytes) {
      finishBlock();
    }
    if (blockFinished) {
      separate(key, keyLength);
    }
    if (entries == 0) {
      smallest = Arrays.copyOf(key, keyLength);
    }
    boolean sameKey = endsWith(key, keyLength);
    if (!sameKey || keys == 0) {
      if (keys == hashes.length) {
        hashes = Arrays.copyOf(hashes, 2 * keys);
      }
      hashes[keys++] = Bloom.hash(key, keyLength);
    }
    long hash = hashes[keys - 1];
    if (!sameKey) {
      if (last.length < keyLength) {
        last = new byte[2 * keyLength];
      }
      System.arraycopy(key, 0, last, 0, keyLength);
      lastLength = keyLength;
    }
    block.add(key, keyLength, hash, sequence, kind, value, valueOffset, valueLength);
    lastSequence = sequence;
    entries++;
    tombstones += kind == Kind.DELETE ? 1 : 0;
    noteSequence(sequence);
  }

  /**
   * Adds the delete of a range of keys, in any order and at any time before {@link #finish}. The
   * arrays are kept. It stands beside the entries: it takes none of them away.
   */
  public void addRange(byte[] from, byte[] toExclusive, long sequence) {
    if (Arrays.compareUnsigned(from, toExclusive) >= 0) {
      throw new IllegalArgumentException("a range that is empty");
    }
    ranges.add(new RangeTombstone(from, toExclusive, sequence));
    noteSequence(sequence);
  }

  /** Whether the last key is the start of an array. */
  public boolean endsWith(byte[] key, int keyLength) {
    return Keys.same(last, lastLength, key, keyLength);
  }

  /** How many bytes it has so far. */
  public long bytes() {
    return position() + (block.isEmpty() ? 0 : block.length());
  }

  /**
   * Writes the rest and makes all of it durable. There must have been an entry or a range. The keys
   * that the result names as smallest and largest take in the ranges.
   */
  public TableMeta finish() throws IOException {
    if (entries == 0 && ranges.isEmpty()) {
      throw new IllegalStateException("a table has at least one entry or range");
    }
    if (entries > 0) {
      finishBlock();
      addToIndex(Arrays.copyOf(last, lastLength), lastSequence);
      finishPart();
    }
    ranges.sort(
        Comparator.comparing(RangeTombstone::from, Arrays::compareUnsigned)
            .thenComparing(RangeTombstone::to, Arrays::compareUnsigned)
            .thenComparing(Comparator.comparingLong(RangeTombstone::sequence).reversed()));
    long rangesOffset = position();
    int rangesLength = 0;
    if (!ranges.isEmpty()) {
      byte[] section = RangeSection.encode(ranges);
      rangesLength = write(section, section.length, compression);
    }
    long fenceOffset = position();
    byte[] fenceBytes = fence.encode();
    int fenceLength = write(fenceBytes, fenceBytes.length, Compression.NONE);
    var footer =
        new TableFormat.Footer(
            number,
            index,
            ranges.size(),
            entries,
            tombstones,
            fenceOffset,
            fenceLength,
            rangesOffset,
            rangesLength,
            lowestSequence,
            highestSequence);
    write(TableFormat.encode(footer));
    flush();
    file.force();
    byte[] largest = largest();
    return new TableMeta(
        number,
        index,
        flushed,
        entries,
        tombstones,
        ranges.size(),
        lowestSequence,
        highestSequence,
        smallest(),
        largest,
        !endsWith(largest, largest.length));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private void noteSequence(long sequence) {
    lowestSequence = Math.min(lowestSequence, sequence);
    highestSequence = Math.max(highestSequence, sequence);
  }

  private byte[] smallest() {
    byte[] found = smallest;
    if (!ranges.isEmpty()
        && (entries == 0 || Arrays.compareUnsigned(ranges.getFirst().from(), found) < 0)) {
      found = ranges.getFirst().from();
    }
    return found;
  }

  private byte[] largest() {
    byte[] found = Arrays.copyOf(last, lastLength);
    for (RangeTombstone range : ranges) {
      if (Arrays.compareUnsigned(range.to(), found) > 0) {
        found = range.to();
      }
    }
    return found;
  }

  private void finishBlock() throws IOException {
    blockOffset = position();
    blockLength = write(block.finish(), block.length(), compression);
    block.clear();
    blockFinished = true;
  }

  /**
   * Puts the finished block into the index, under the shortest key that is not before its last one
   * and before the next one.
   */
  private void separate(byte[] next, int nextLength) throws IOException {
    int common = Arrays.mismatch(last, 0, lastLength, next, 0, nextLength);
    byte[] key;
    long sequence;
    if (common >= 0 && common < lastLength - 1 && common < nextLength - 1) {
      // What they have in common and one byte more, counted up, is behind the last; it is before
      // the
      // next or a prefix of it, and the next is longer.
      key = Arrays.copyOf(last, common + 1);
      key[common]++;
      sequence = 0;
    } else {
      key = Arrays.copyOf(last, lastLength);
      sequence = lastSequence;
    }
    addToIndex(key, sequence);
    if (keys >= MAX_PART_KEYS
        || (indexBlock.length() >= INDEX_BYTES && indexBlock.count() >= MIN_INDEX_ENTRIES)) {
      finishPart();
    }
  }

  private void addToIndex(byte[] key, long sequence) {
    int length = varint(blockLength, varint(blockOffset, 0));
    indexBlock.add(key, key.length, 0, sequence, Kind.PUT, handleMemory, 0, length);
    separator = key;
    separatorSequence = sequence;
    blockFinished = false;
  }

  private int varint(long value, int start) {
    int at = start;
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      handle[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    handle[at++] = (byte) rest;
    return at;
  }

  private void finishPart() throws IOException {
    long filterOffset = position();
    byte[] filter = Bloom.of(hashes, keys);
    int filterLength = write(filter, filter.length, Compression.NONE);
    keys = 0;
    long indexOffset = position();
    int indexLength = write(indexBlock.finish(), indexBlock.length(), compression);
    indexBlock.clear();
    fence.add(filterOffset, filterLength, indexOffset, indexLength, separator, separatorSequence);
  }

  private long position() {
    return flushed + buffer.position();
  }

  /** Writes a body as a section; returns how long that is. */
  private int write(byte[] body, int length, Compression how) throws IOException {
    ByteBuffer section = codec.encode(body, length, how, number, position());
    int bytes = section.remaining();
    write(section);
    return bytes;
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int piece = Math.min(buffer.remaining(), bytes.remaining());
      buffer.put(buffer.position(), bytes, bytes.position(), piece);
      buffer.position(buffer.position() + piece);
      bytes.position(bytes.position() + piece);
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
