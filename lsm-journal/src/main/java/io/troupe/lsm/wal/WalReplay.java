package io.troupe.lsm.wal;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the log after a start.
 *
 * <p>The log ends at the first frame that does not verify, unless a frame behind it, in its segment
 * or a later one, says that it had been durable: then acknowledged data is lost, and the store must
 * not be opened as if nothing had been.
 */
public final class WalReplay {

  private final Disk disk;
  private final List<Long> segments;
  private long last;

  /**
   * @param segments numbers of the segments to read, ascending
   * @param flushed all up to this sequence number is in tables
   */
  private WalReplay(Disk disk, List<Long> segments, long flushed) {
    this.disk = disk;
    this.segments = segments;
    this.last = flushed;
  }

  /** The numbers of the segments on a disk, ascending. */
  public static List<Long> segments(Disk disk) throws IOException {
    return disk.list().stream().map(WalFormat::number).flatMap(Optional::stream).sorted().toList();
  }

  /** The file of a segment. */
  public static String fileName(long segment) {
    return WalFormat.fileName(segment);
  }

  /** Deletes files that never became segments, or are none any more. */
  public static void deleteLeftovers(Disk disk) throws IOException {
    for (String name : disk.list()) {
      if (name.endsWith(SegmentPool.TEMPORARY)) {
        disk.delete(name);
      }
    }
  }

  /**
   * Hands all batches behind {@code flushed} to a visitor, and makes durable what it read.
   *
   * @param from the first segment that is needed; all from there on have to be there
   * @return the newest sequence number
   */
  public static long replay(Disk disk, long from, long flushed, Visit visit) throws IOException {
    List<Long> needed = new ArrayList<>();
    for (long number : segments(disk)) {
      if (number >= from) {
        if (number != from + needed.size()) {
          throw new CorruptionException(
              WalFormat.fileName(from + needed.size()), 0, "the log segment is missing");
        }
        needed.add(number);
      }
    }
    return new WalReplay(disk, needed, flushed).run(flushed, visit);
  }

  /** Gives the visitor for a segment. */
  public interface Visit {
    WalFormat.Visitor in(long segment) throws IOException;
  }

  private long run(long flushed, Visit visit) throws IOException {
    long end = -1; // the last sequence number of the frame read last
    String brokenFile = "";
    int brokenAt = 0;
    for (long number : segments) {
      String name = WalFormat.fileName(number);
      try (DiskFile file = disk.open(name)) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
        file.read(0, bytes);
        bytes.flip();
        WalFormat.SegmentHeader header = WalFormat.decodeHeader(name, bytes);
        if (header.number() != number) {
          throw new CorruptionException(
              name, 16, "the segment says that it is number " + header.number());
        }
        int offset = WalFormat.SEGMENT_HEADER_BYTES;
        long read = -1; // the same, within this segment
        for (WalFormat.FrameHeader frame = WalFormat.frameAt(bytes, offset, header.salt());
            frame != null;
            frame = WalFormat.frameAt(bytes, offset, header.salt())) {
          long first = frame.firstSequence();
          if (first <= end || first > Math.max(end, flushed) + 1) {
            throw new CorruptionException(
                brokenFile.isEmpty() ? name : brokenFile,
                brokenFile.isEmpty() ? offset : brokenAt,
                "the batches from "
                    + (last + 1)
                    + " on do not verify, though a later segment goes on with "
                    + first);
          }
          end = first + frame.count() - 1;
          read = end;
          WalFormat.visit(bytes, offset, frame, flushed, visit.in(number));
          last = Math.max(last, end);
          offset += WalFormat.padded(frame.length());
        }
        rejectLoss(name, bytes, offset, header.salt(), read);
        brokenFile = name;
        brokenAt = offset;
        // What was read may have been in the page cache only, and it is about to be built upon.
        file.force();
      }
    }
    return last;
  }

  /**
   * Looks behind the end of the log for a frame that was written when more than what was read had
   * been synced.
   */
  private static void rejectLoss(String name, ByteBuffer bytes, int end, long salt, long lastRead)
      throws CorruptionException {
    for (int at = end + 8; at + WalFormat.FRAME_HEADER_BYTES <= bytes.limit(); at += 8) {
      if (bytes.getLong(at + 8) == salt) {
        WalFormat.FrameHeader later = WalFormat.frameAt(bytes, at, salt);
        if (later != null && later.durable() > (lastRead < 0 ? later.start() - 1 : lastRead)) {
          throw new CorruptionException(
              name, end, "a frame does not verify, and one behind it shows that it was durable");
        }
      }
    }
  }
}
