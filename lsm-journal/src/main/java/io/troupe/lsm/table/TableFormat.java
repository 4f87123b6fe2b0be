package io.troupe.lsm.table;

import io.troupe.lsm.Compression;
import io.troupe.lsm.CorruptionException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The layout of a table, {@code <file number in 16 hex digits>.sst}. Numbers of fixed size are
 * big-endian; a varint has seven bits a byte, the lowest first, the top bit says that more follow.
 *
 * <pre>
 * file:     | data block | … | filter | index block | data block | … | filter | index block | ranges | fence | footer |
 *             '------------- a part ------------'
 *
 * section:  | body, compressed or not | length of the body u32 | compression u8 | crc32c |
 *
 * block:    | entry | entry | … | offset of each entry u16 or u32 … | tag of each entry u8 … | trailer u32 |
 * entry:    | shared varint | rest varint | value length varint | tag varint | rest of the key | value |
 *
 * filter:   | lines of 512 bits … |
 *
 * ranges:   | count u32 | range: key length u16, from | key length u16, to | sequence u64 | … |
 *
 * fence:    | count u32 | part: filter offset u64, filter length u32, index offset u64, index length u32,
 *                               last sequence u64, key length u16, last key | … |
 *
 * footer:   0            4         8             16      20       24        32           40
 *           | magic TRST | version | file number | index | ranges | entries | tombstones | fence offset
 *           48             52              60              64       72        80      84
 *           | fence length | ranges offset | ranges length | lowest | highest | zero  | crc32c of all before |   88 bytes
 *                                                             sequence number
 * </pre>
 *
 * <p>Everything but the footer is a section: data blocks, filters, index blocks, ranges, fence. Its
 * length in the places that name it counts the 9 bytes at its end. The checksum covers what is on
 * disk, and the file number and the offset (u64 each): a section that was written to another place
 * does not verify.
 *
 * <p>Entries are ordered by key ascending, then sequence number descending. Each 16th, a head, has
 * its whole key; the others have the first {@code shared} bytes, and no more, in common with the
 * head before them, so that any can be read without those between. The varint behind the value's
 * length is {@code sequence << 2 | kind} in a head, and otherwise {@code zigzag(sequence - sequence
 * of the head) << 2 | kind}.
 *
 * <p>The trailer is the number of entries; its top bit says that offsets have four bytes, the next
 * one that there are tags: a byte of the hash of each key, so that a search for one key looks at
 * that entry only. Data blocks have them, index blocks have not.
 *
 * <p>An index block is a block with an entry for each data block of its part: key and sequence are
 * not before the last version in the data block and before the first one of the next, the value is
 * the offset and the length of the data block as varints. The fence has as much for each part; only
 * it stays in memory while a table is open. The filter of a part has the keys of all its versions.
 *
 * <p>A table of ranges only has no part.
 */
public final class TableFormat {

  static final int FOOTER_BYTES = 88;
  static final int CRC_BYTES = 4;

  /** What a section has behind its body. */
  static final int TRAILER_BYTES = 9;

  /** Entries from one whole key to the next. */
  static final int RESTART_INTERVAL = 16;

  /** A block's trailer: offsets of four bytes, tags, how many entries. */
  static final int BLOCK_WIDE = 1 << 31;

  static final int BLOCK_TAGGED = 1 << 30;
  static final int BLOCK_COUNT = BLOCK_TAGGED - 1;

  /** Behind the last entry of a block there are as many bytes at least. */
  static final int BLOCK_TRAILER_BYTES = 6;

  private static final int MAGIC = 0x54525354; // TRST
  private static final int VERSION = 3;
  private static final String SUFFIX = ".sst";

  /** Of a section's trailer: by number, so that the order of the enum is free. */
  private static final Compression[] COMPRESSIONS = {
    Compression.NONE, Compression.LZ4, Compression.ZSTD
  };

  private TableFormat() {}

  /** The byte of a key's hash that is in the block; others choose bits of the filter. */
  static byte tag(long hash) {
    return (byte) (hash >>> 56);
  }

  record Footer(
      long fileNumber,
      int index,
      int ranges,
      long entries,
      long tombstones,
      long fenceOffset,
      int fenceLength,
      long rangesOffset,
      int rangesLength,
      long lowestSequence,
      long highestSequence) {}

  /** The name of a table's file. */
  public static String fileName(long number) {
    return String.format("%016x", number) + SUFFIX;
  }

  /** The number of a table by its file name; none for other files. */
  public static Optional<Long> number(String fileName) {
    if (!fileName.endsWith(SUFFIX)) {
      return Optional.empty();
    }
    String digits = fileName.substring(0, fileName.length() - SUFFIX.length());
    return digits.matches("[0-9a-f]{16}")
        ? Optional.of(Long.parseUnsignedLong(digits, 16))
        : Optional.empty();
  }

  static byte number(Compression compression) {
    return switch (compression) {
      case NONE -> 0;
      case LZ4 -> 1;
      case ZSTD -> 2;
    };
  }

  static Compression compression(byte number, String file, long offset) throws CorruptionException {
    if (number < 0 || number >= COMPRESSIONS.length) {
      throw new CorruptionException(file, offset, "unknown compression " + number);
    }
    return COMPRESSIONS[number];
  }

  static ByteBuffer encode(Footer footer) {
    ByteBuffer bytes = ByteBuffer.allocate(FOOTER_BYTES);
    bytes.putInt(MAGIC).putInt(VERSION).putLong(footer.fileNumber());
    bytes.putInt(footer.index()).putInt(footer.ranges());
    bytes.putLong(footer.entries()).putLong(footer.tombstones());
    bytes.putLong(footer.fenceOffset()).putInt(footer.fenceLength());
    bytes.putLong(footer.rangesOffset()).putInt(footer.rangesLength());
    bytes.putLong(footer.lowestSequence()).putLong(footer.highestSequence()).putInt(0);
    var crc = new CRC32C();
    crc.update(bytes.array(), 0, bytes.position());
    return bytes.putInt((int) crc.getValue()).flip();
  }

  static Footer decodeFooter(String file, long offset, ByteBuffer bytes)
      throws CorruptionException {
    if (bytes.limit() != FOOTER_BYTES || bytes.getInt(0) != MAGIC) {
      throw new CorruptionException(file, Math.max(0, offset), "no table footer");
    }
    var crc = new CRC32C();
    crc.update(bytes.slice(0, FOOTER_BYTES - CRC_BYTES));
    String broken =
        (int) crc.getValue() == bytes.getInt(FOOTER_BYTES - CRC_BYTES)
            ? ""
            : "the checksum of the footer does not match";
    if (bytes.getInt(4) != VERSION) {
      throw new CorruptionException(
          file,
          offset + 4,
          broken
              + (broken.isEmpty() ? "" : ", ")
              + "format version "
              + bytes.getInt(4)
              + ", known is "
              + VERSION);
    }
    if (!broken.isEmpty()) {
      throw new CorruptionException(file, offset, broken);
    }
    return new Footer(
        bytes.getLong(8),
        bytes.getInt(16),
        bytes.getInt(20),
        bytes.getLong(24),
        bytes.getLong(32),
        bytes.getLong(40),
        bytes.getInt(48),
        bytes.getLong(52),
        bytes.getInt(60),
        bytes.getLong(64),
        bytes.getLong(72));
  }
}
