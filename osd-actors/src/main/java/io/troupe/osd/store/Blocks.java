package io.troupe.osd.store;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.id.FileId;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whole blocks of one file's objects, to and from the segments. Thread-safe. */
record Blocks(ObjectStore store, FileId file) {
  private static final Logger LOG = LoggerFactory.getLogger(Blocks.class);
  private static final int BLOCK = BlockMap.BLOCK_BYTES;

  static int checksum(MemorySegment block) {
    CRC32C crc = new CRC32C();
    crc.update(block.asByteBuffer());
    return (int) crc.getValue();
  }

  static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return (int) crc.getValue();
  }

  /**
   * Reads and checks; holes are zeros.
   *
   * @throws StoreFailure EIO if a block cannot be read or does not verify
   */
  void read(long object, BlockMap map, int first, int blocks, MemorySegment into)
      throws StoreFailure {
    for (int i = 0; i < blocks; ) {
      int block = first + i;
      if (map.isHole(block)) {
        into.asSlice((long) i * BLOCK, BLOCK).fill((byte) 0);
        i++;
        continue;
      }
      if (map.isInline(block)) {
        readInline(object, map, block, into.asSlice((long) i * BLOCK, BLOCK));
        i++;
        continue;
      }
      int n = map.run(block, blocks - i);
      long location = map.location(block);
      Segment segment = store.segments().of(BlockMap.segmentOf(location));
      MemorySegment target = into.asSlice((long) i * BLOCK, (long) n * BLOCK);
      try {
        segment.read(BlockMap.blockOf(location), target);
      } catch (IOException e) {
        throw damaged(object, segment, location, "cannot be read: " + e.getMessage());
      }
      for (int k = 0; k < n; k++) {
        if (checksum(target.asSlice((long) k * BLOCK, BLOCK)) != map.checksum(block + k)) {
          throw damaged(object, segment, location + k, "fails its checksum");
        }
      }
      i += n;
    }
  }

  private void readInline(long object, BlockMap map, int block, MemorySegment into)
      throws StoreFailure {
    Optional<byte[]> bytes = map.inlineBytes(block);
    if (bytes.isEmpty()) {
      throw damagedInline(object, block, "is missing in the index");
    }
    if (checksum(bytes.get()) != map.checksum(block)) {
      throw damagedInline(object, block, "fails its checksum");
    }
    int length = bytes.get().length;
    MemorySegment.copy(bytes.get(), 0, into, ValueLayout.JAVA_BYTE, 0, length);
    into.asSlice(length).fill((byte) 0);
  }

  private StoreFailure damagedInline(long object, int block, String how) {
    LOG.error(
        "event=damaged file={} object={} osd={} inline-block={} cause={}",
        file,
        object,
        store.osd(),
        block,
        how);
    return new StoreFailure(
        Errno.EIO, "object " + object + " of file " + file + " on OSD " + store.osd() + " " + how);
  }

  private StoreFailure damaged(long object, Segment segment, long location, String how) {
    long offset = (long) BlockMap.blockOf(location) * BLOCK;
    LOG.error(
        "event=damaged file={} object={} osd={} segment={} offset={} cause={}",
        file,
        object,
        store.osd(),
        segment.name(),
        offset,
        how);
    return new StoreFailure(
        Errno.EIO, "object " + object + " of file " + file + " on OSD " + store.osd() + " " + how);
  }

  /**
   * Writes to where nothing was.
   *
   * @return where; the first blocks only, where not all fit behind each other
   * @throws StoreFailure ENOSPC or EIO; nothing is allocated then
   */
  Segments.Extent append(MemorySegment data) throws StoreFailure {
    Segments.Extent e = store.segments().allocate((int) (data.byteSize() / BLOCK));
    try {
      e.segment().write(e.firstBlock(), data.asSlice(0, (long) e.blocks() * BLOCK));
      return e;
    } catch (IOException failure) {
      store.segments().free(e.locations());
      throw failed(e.segment(), failure);
    }
  }

  /**
   * Writes over blocks.
   *
   * @throws StoreFailure EIO; nobody knows then what the blocks hold
   */
  void overwrite(long location, MemorySegment data) throws StoreFailure {
    Segment segment = store.segments().of(BlockMap.segmentOf(location));
    try {
      segment.write(BlockMap.blockOf(location), data);
    } catch (IOException failure) {
      throw failed(segment, failure);
    }
  }

  private static StoreFailure failed(Segment segment, IOException e) {
    return new StoreFailure(
        Segments.errnoOf(e), "write to " + segment.name() + " failed: " + e.getMessage(), e);
  }
}
