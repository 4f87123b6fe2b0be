package io.troupe.lsm.table;

import io.troupe.lsm.CorruptionException;
import java.nio.ByteBuffer;

/**
 * Finds where a section ends when nothing says so: where a trailer stands whose checksum holds. The
 * checksum covers where the section starts and in which file, so that bytes of another place are
 * not taken for one. What it reads for that is bounded. For one thread.
 */
final class SectionSearch {

  /** Looked at in some seconds. */
  private static final long MAX_BYTES = 4L << 30;

  /** A body has one entry of 16 MiB at most, or many small ones. */
  private static final int MAX_BODY_BYTES = 64 << 20;

  private final String file;
  private final long number;
  private final SectionCodec codec;
  private long left = MAX_BYTES;

  SectionSearch(String file, long number, SectionCodec codec) {
    this.file = file;
    this.number = number;
    this.codec = codec;
  }

  /**
   * The length of the section that starts at a place of some bytes; 0 when none does.
   *
   * @param bytes a part of the file, from position 0 to the limit
   * @param from where in it the section starts
   * @param offset the same, counted in the file
   */
  int lengthAt(ByteBuffer bytes, int from, long offset) {
    for (int end = from + TableFormat.TRAILER_BYTES; end <= bytes.limit() && left > 0; end++) {
      left--;
      int compression = bytes.get(end - TableFormat.CRC_BYTES - 1);
      if (compression < 0 || compression > 2) {
        continue;
      }
      int stored = end - from - TableFormat.TRAILER_BYTES;
      int body = bytes.getInt(end - TableFormat.TRAILER_BYTES);
      boolean likely = compression == 0 ? body == stored : body > stored && body < MAX_BODY_BYTES;
      if (likely) {
        left -= stored;
        if (verifies(bytes.duplicate().position(from).limit(end), offset)) {
          return end - from;
        }
      }
    }
    return 0;
  }

  /** Whether that is a section, from position to limit. */
  boolean verifies(ByteBuffer section, long offset) {
    try {
      codec.verify(section, file, number, offset);
      return true;
    } catch (CorruptionException e) {
      return false; // those bytes only looked like a trailer
    }
  }
}
