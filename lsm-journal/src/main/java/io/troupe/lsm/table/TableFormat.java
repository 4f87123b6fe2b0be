package io.troupe.lsm.table;

import io.troupe.lsm.CorruptionException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The layout of a table, {@code <file number in 16 hex digits>.sst}. All numbers are big-endian.
 *
 * <pre>
 * file:   | block | block | … | filter | fence | footer |
 *
 * block:  | entry | entry | … | offset of each entry u32 … | count u32 | crc32c |
 * entry:  | sequence u64 | key length u16 | value length i32 | kind u8 | key | value |
 *
 * filter: | lines of 512 bits … | crc32c |
 *
 * fence:  | count u32 | block: offset u64, length u32, last sequence u64, key length u16, last key | … | crc32c |
 *
 * footer: 0            4         8             16      20      24       32          40             48
 *         | magic TRST | version | file number | index | zero  | entries | tombstones | fence offset | fence length
 *         52              60              64       72       80       84
 *         | filter offset | filter length | lowest | highest | zero | crc32c of all before |   88 bytes
 *                                          sequence number
 * </pre>
 *
 * <p>Entries are ordered by key ascending, then sequence number descending; a block holds 4 KiB or
 * one entry that is larger. The checksum of a block, of the filter and of the fence covers file
 * number and offset too: a block that was written to another place does not verify.
 */
public final class TableFormat {

  static final int BLOCK_BYTES = 4096;
  static final int ENTRY_HEADER_BYTES = 15;
  static final int FOOTER_BYTES = 88;
  static final int CRC_BYTES = 4;

  private static final int MAGIC = 0x54525354; // TRST
  private static final int VERSION = 2;
  private static final String SUFFIX = ".sst";

  private TableFormat() {}

  record Footer(
      long fileNumber,
      int index,
      long entries,
      long tombstones,
      long fenceOffset,
      int fenceLength,
      long filterOffset,
      int filterLength,
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

  static ByteBuffer encode(Footer footer) {
    ByteBuffer bytes = ByteBuffer.allocate(FOOTER_BYTES);
    bytes
        .putInt(MAGIC)
        .putInt(VERSION)
        .putLong(footer.fileNumber())
        .putInt(footer.index())
        .putInt(0);
    bytes.putLong(footer.entries()).putLong(footer.tombstones());
    bytes.putLong(footer.fenceOffset()).putInt(footer.fenceLength());
    bytes.putLong(footer.filterOffset()).putInt(footer.filterLength());
    bytes.putLong(footer.lowestSequence()).putLong(footer.highestSequence()).putInt(0);
    var crc = new CRC32C();
    crc.update(bytes.array(), 0, bytes.position());
    return bytes.putInt((int) crc.getValue()).flip();
  }

  static Footer decodeFooter(String file, long offset, byte[] footer) throws CorruptionException {
    ByteBuffer bytes = ByteBuffer.wrap(footer);
    if (bytes.remaining() != FOOTER_BYTES || bytes.getInt(0) != MAGIC) {
      throw new CorruptionException(file, Math.max(0, offset), "no table footer");
    }
    if (bytes.getInt(4) != VERSION) {
      throw new CorruptionException(
          file, offset + 4, "format version " + bytes.getInt(4) + ", known is " + VERSION);
    }
    var crc = new CRC32C();
    crc.update(footer, 0, FOOTER_BYTES - CRC_BYTES);
    if ((int) crc.getValue() != bytes.getInt(FOOTER_BYTES - CRC_BYTES)) {
      throw new CorruptionException(file, offset, "the checksum of the footer does not match");
    }
    return new Footer(
        bytes.getLong(8),
        bytes.getInt(16),
        bytes.getLong(24),
        bytes.getLong(32),
        bytes.getLong(40),
        bytes.getInt(48),
        bytes.getLong(52),
        bytes.getInt(60),
        bytes.getLong(64),
        bytes.getLong(72));
  }

  /** Checksum of a section that starts at an offset of a file. */
  static int checksum(byte[] bytes, int length, long fileNumber, long offset) {
    var crc = new CRC32C();
    crc.update(bytes, 0, length);
    crc.update(ByteBuffer.allocate(16).putLong(fileNumber).putLong(offset).flip());
    return (int) crc.getValue();
  }

  /** Checks a section that ends with its checksum. */
  static void verify(String file, byte[] section, long fileNumber, long offset, String what)
      throws CorruptionException {
    int body = section.length - CRC_BYTES;
    if (body < 0 || Block.intAt(section, body) != checksum(section, body, fileNumber, offset)) {
      throw new CorruptionException(
          file, offset, "the checksum of the " + what + " does not match");
    }
  }
}
