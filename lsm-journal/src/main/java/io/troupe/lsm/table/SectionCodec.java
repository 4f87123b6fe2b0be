package io.troupe.lsm.table;

import io.airlift.compress.v3.Compressor;
import io.airlift.compress.v3.Decompressor;
import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.lz4.Lz4Compressor;
import io.airlift.compress.v3.lz4.Lz4Decompressor;
import io.airlift.compress.v3.zstd.ZstdCompressor;
import io.airlift.compress.v3.zstd.ZstdDecompressor;
import io.troupe.lsm.Compression;
import io.troupe.lsm.CorruptionException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Bodies to sections and back: compression, trailer, checksum. Layout: {@link TableFormat}. For one
 * thread at a time; compressors and buffers are used again.
 */
final class SectionCodec {

  /** A body has to shrink by this part to be stored compressed: reading the others is faster. */
  private static final int WORTHWHILE_PART = 8;

  /** A buffer of this size stays, a larger one goes with the block that needed it. */
  private static final int KEPT_BYTES = 1 << 18;

  private final CRC32C crc = new CRC32C();
  private final ByteBuffer place = ByteBuffer.allocate(16);
  private @Nullable Compressor lz4;
  private @Nullable Compressor zstd;
  private @Nullable Decompressor unlz4;
  private @Nullable Decompressor unzstd;
  private byte[] section = new byte[0];
  private ByteBuffer input = ByteBuffer.allocateDirect(8 << 10);

  /** The section of a body, as it goes to an offset of a file. Valid until the next call. */
  ByteBuffer encode(
      byte[] body, int length, Compression compression, long fileNumber, long offset) {
    Compressor compressor = compressor(compression);
    int bound = compressor == null ? length : compressor.maxCompressedLength(length);
    byte[] target = section(bound + TableFormat.TRAILER_BYTES);
    int stored = length;
    if (compressor != null) {
      stored = compressor.compress(body, 0, length, target, 0, bound);
    }
    boolean compressed = compressor != null && stored <= length - length / WORTHWHILE_PART;
    if (!compressed) {
      System.arraycopy(body, 0, target, 0, length);
      stored = length;
    }
    ByteBuffer bytes = ByteBuffer.wrap(target);
    bytes.position(stored).putInt(length);
    bytes.put(TableFormat.number(compressed ? compression : Compression.NONE));
    crc.reset();
    crc.update(target, 0, bytes.position());
    return bytes.putInt(checksum(fileNumber, offset)).flip();
  }

  /** A buffer for a section that is read; valid until the next call. */
  ByteBuffer input(int length) {
    if (length > KEPT_BYTES) {
      return ByteBuffer.allocateDirect(length);
    }
    if (input.capacity() < length) {
      input = ByteBuffer.allocateDirect(Math.min(KEPT_BYTES, 2 * length));
    }
    return input.clear().limit(length);
  }

  /**
   * Checks a section, from position to limit, and returns the length of its body.
   *
   * @throws CorruptionException when it does not verify
   */
  int verify(ByteBuffer bytes, String file, long fileNumber, long offset)
      throws CorruptionException {
    int from = bytes.position();
    int end = bytes.limit() - TableFormat.CRC_BYTES;
    if (end - from < TableFormat.TRAILER_BYTES - TableFormat.CRC_BYTES) {
      throw new CorruptionException(file, offset, "a section of " + bytes.remaining() + " bytes");
    }
    crc.reset();
    crc.update(bytes.limit(end));
    bytes.limit(end + TableFormat.CRC_BYTES).position(from);
    if (bytes.getInt(end) != checksum(fileNumber, offset)) {
      throw new CorruptionException(file, offset, "the checksum of a section does not match");
    }
    int length = bytes.getInt(end - 5);
    if (length < 0) {
      throw new CorruptionException(file, offset, "a body of " + length + " bytes");
    }
    return length;
  }

  /** Puts the body of a section that verified into memory of the body's length. */
  void decode(ByteBuffer bytes, MemorySegment body, String file, long offset)
      throws CorruptionException {
    int storedBytes = bytes.remaining() - TableFormat.TRAILER_BYTES;
    Compression compression =
        TableFormat.compression(bytes.get(bytes.position() + storedBytes + 4), file, offset);
    MemorySegment stored = MemorySegment.ofBuffer(bytes).asSlice(0, storedBytes);
    if (compression == Compression.NONE) {
      if (storedBytes != body.byteSize()) {
        throw new CorruptionException(file, offset, "a plain section of another length");
      }
      body.copyFrom(stored);
      return;
    }
    int length;
    try {
      length = decompressor(compression).decompress(stored, body);
    } catch (MalformedInputException | IllegalArgumentException e) {
      throw new CorruptionException(file, offset, "a section that does not decompress: " + e);
    }
    if (length != body.byteSize()) {
      throw new CorruptionException(file, offset, "a section decompresses to " + length + " bytes");
    }
  }

  private int checksum(long fileNumber, long offset) {
    crc.update(place.clear().putLong(fileNumber).putLong(offset).flip());
    return (int) crc.getValue();
  }

  private byte[] section(int bytes) {
    if (section.length < bytes || section.length > Math.max(KEPT_BYTES, 2 * bytes)) {
      section = new byte[bytes];
    }
    return section;
  }

  private @Nullable Compressor compressor(Compression compression) {
    return switch (compression) {
      case NONE -> null;
      case LZ4 -> {
        Compressor known = lz4;
        if (known == null) {
          known = Lz4Compressor.create();
          lz4 = known;
        }
        yield known;
      }
      case ZSTD -> {
        Compressor known = zstd;
        if (known == null) {
          known = ZstdCompressor.create();
          zstd = known;
        }
        yield known;
      }
    };
  }

  private Decompressor decompressor(Compression compression) {
    return switch (compression) {
      case NONE -> throw new IllegalArgumentException("nothing to decompress");
      case LZ4 -> {
        Decompressor known = unlz4;
        if (known == null) {
          known = Lz4Decompressor.create();
          unlz4 = known;
        }
        yield known;
      }
      case ZSTD -> {
        Decompressor known = unzstd;
        if (known == null) {
          known = ZstdDecompressor.create();
          unzstd = known;
        }
        yield known;
      }
    };
  }
}
