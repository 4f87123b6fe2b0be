package io.troupe.lsm.version;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.Index;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The layout of a manifest, {@code manifest-<number in 16 hex digits>}, and of {@code CURRENT}. All
 * numbers are big-endian.
 *
 * <pre>
 * manifest: | edit | edit | … | zeros
 *
 * edit:     0            4         8        12      16      24            32
 *           | magic TRMF | version | length | crc32c | file  | edit number | body … | zeros to a multiple of 8
 *
 * body:     | flushed sequence u64 | log from u64 | next file u64
 *           | count u32 | declared index: id u32, name length u16, name …
 *           | count u32 | removed: index u32, level u8, number u64 …
 *           | count u32 | added: level u8, number u64, index u32, bytes u64, entries u64, tombstones u64, ranges u64,
 *                         lowest sequence u64, highest sequence u64, key length u16, smallest, key length u16, largest,
 *                         1 if largest does not belong to it, else 0: u8 …
 *
 * CURRENT:  | magic TRCU | version | manifest number u64 | crc32c of all before |
 * </pre>
 *
 * <p>The length counts from the magic to the end of the body; the checksum covers everything from
 * file number on. The first edit (number 0) makes the whole version. Each edit is synced before the
 * next is written: an edit that does not verify is a torn tail only when none follows.
 */
final class ManifestFormat {

  static final int EDIT_HEADER_BYTES = 32;
  static final int CURRENT_BYTES = 20;

  private static final int MAGIC = 0x54524d46; // TRMF
  private static final int CURRENT_MAGIC = 0x54524355; // TRCU
  private static final int VERSION = 2;
  private static final String PREFIX = "manifest-";

  private ManifestFormat() {}

  static String fileName(long number) {
    return PREFIX + String.format("%016x", number);
  }

  static Optional<Long> number(String fileName) {
    return fileName.matches(PREFIX + "[0-9a-f]{16}")
        ? Optional.of(Long.parseUnsignedLong(fileName.substring(PREFIX.length()), 16))
        : Optional.empty();
  }

  static ByteBuffer encodeCurrent(long manifest) {
    ByteBuffer bytes = ByteBuffer.allocate(CURRENT_BYTES);
    bytes.putInt(CURRENT_MAGIC).putInt(VERSION).putLong(manifest);
    return bytes.putInt(crc(bytes, 0, 16)).flip();
  }

  static long decodeCurrent(String file, ByteBuffer bytes) throws CorruptionException {
    if (bytes.remaining() != CURRENT_BYTES || bytes.getInt(0) != CURRENT_MAGIC) {
      throw new CorruptionException(file, 0, "does not name a manifest");
    }
    if (bytes.getInt(4) != VERSION) {
      throw new CorruptionException(
          file, 4, "format version " + bytes.getInt(4) + ", known is " + VERSION);
    }
    if (bytes.getInt(16) != crc(bytes, 0, 16)) {
      throw new CorruptionException(file, 16, "the checksum does not match");
    }
    return bytes.getLong(8);
  }

  static ByteBuffer encode(VersionEdit edit, long manifest, long number) {
    int size = EDIT_HEADER_BYTES + 24 + 12 + 8;
    for (Index index : edit.declared()) {
      size += 6 + index.name().getBytes(UTF_8).length;
    }
    size += 13 * edit.removed().size();
    for (VersionEdit.Added added : edit.added()) {
      size += 66 + added.table().smallest().length + added.table().largest().length;
    }
    ByteBuffer bytes = ByteBuffer.allocate(size).position(EDIT_HEADER_BYTES);
    bytes.putLong(edit.flushedSequence()).putLong(edit.walFrom()).putLong(edit.nextFile());
    bytes.putInt(edit.declared().size());
    for (Index index : edit.declared()) {
      byte[] name = index.name().getBytes(UTF_8);
      bytes.putInt(index.id()).putShort((short) name.length).put(name);
    }
    bytes.putInt(edit.removed().size());
    for (VersionEdit.Removed removed : edit.removed()) {
      bytes.putInt(removed.index()).put((byte) removed.level()).putLong(removed.number());
    }
    bytes.putInt(edit.added().size());
    for (VersionEdit.Added added : edit.added()) {
      TableMeta table = added.table();
      bytes
          .put((byte) added.level())
          .putLong(table.number())
          .putInt(table.index())
          .putLong(table.bytes());
      bytes.putLong(table.entries()).putLong(table.tombstones()).putLong(table.ranges());
      bytes.putLong(table.lowestSequence()).putLong(table.highestSequence());
      bytes.putShort((short) table.smallest().length).put(table.smallest());
      bytes.putShort((short) table.largest().length).put(table.largest());
      bytes.put((byte) (table.openEnd() ? 1 : 0));
    }
    int length = bytes.position();
    bytes
        .putInt(0, MAGIC)
        .putInt(4, VERSION)
        .putInt(8, length)
        .putLong(16, manifest)
        .putLong(24, number);
    bytes.putInt(12, crc(bytes, 16, length));
    return bytes.position(padded(length)).flip();
  }

  static int padded(int length) {
    return (length + 7) & ~7;
  }

  /**
   * The length of the edit at an offset; 0 when what is there does not verify as the edit of that
   * number, -1 for any number.
   */
  static int lengthAt(String file, ByteBuffer bytes, int offset, long manifest, long number)
      throws CorruptionException {
    int length = lengthOfAnyVersion(bytes, offset, manifest, number);
    if (length > 0 && bytes.getInt(offset + 4) != VERSION) {
      throw new CorruptionException(
          file, offset + 4, "format version " + bytes.getInt(offset + 4) + ", known is " + VERSION);
    }
    return length;
  }

  /** As {@link #lengthAt}, whatever the format version, which no checksum covers. */
  static int lengthOfAnyVersion(ByteBuffer bytes, int offset, long manifest, long number) {
    int left = bytes.limit() - offset;
    if (left < EDIT_HEADER_BYTES
        || bytes.getInt(offset) != MAGIC
        || bytes.getLong(offset + 16) != manifest) {
      return 0;
    }
    int length = bytes.getInt(offset + 8);
    return length < EDIT_HEADER_BYTES
            || length > left
            || bytes.getInt(offset + 12) != crc(bytes, offset + 16, offset + length)
            || (number >= 0 && bytes.getLong(offset + 24) != number)
        ? 0
        : length;
  }

  static VersionEdit decode(String file, ByteBuffer bytes, int offset, int length)
      throws CorruptionException {
    ByteBuffer body = bytes.slice(offset + EDIT_HEADER_BYTES, length - EDIT_HEADER_BYTES);
    try {
      long flushed = body.getLong();
      long walFrom = body.getLong();
      long nextFile = body.getLong();
      List<Index> declared = new ArrayList<>();
      for (int left = body.getInt(); left > 0; left--) {
        int id = body.getInt();
        declared.add(new Index(new String(bytes(body), UTF_8), id));
      }
      List<VersionEdit.Removed> removed = new ArrayList<>();
      for (int left = body.getInt(); left > 0; left--) {
        removed.add(new VersionEdit.Removed(body.getInt(), body.get(), body.getLong()));
      }
      List<VersionEdit.Added> added = new ArrayList<>();
      for (int left = body.getInt(); left > 0; left--) {
        int level = body.get();
        long number = body.getLong();
        int index = body.getInt();
        added.add(
            new VersionEdit.Added(
                level,
                new TableMeta(
                    number,
                    index,
                    body.getLong(),
                    body.getLong(),
                    body.getLong(),
                    body.getLong(),
                    body.getLong(),
                    body.getLong(),
                    bytes(body),
                    bytes(body),
                    body.get() != 0)));
      }
      return new VersionEdit(declared, added, removed, flushed, walFrom, nextFile);
    } catch (BufferUnderflowException e) {
      CorruptionException corrupt =
          new CorruptionException(file, offset, "the edit ends too early");
      corrupt.initCause(e);
      throw corrupt;
    }
  }

  private static byte[] bytes(ByteBuffer body) {
    byte[] bytes = new byte[body.getShort() & 0xffff];
    body.get(bytes);
    return bytes;
  }

  private static int crc(ByteBuffer bytes, int from, int to) {
    var crc = new CRC32C();
    crc.update(bytes.slice(from, to - from));
    return (int) crc.getValue();
  }
}
