package io.troupe.lsm.wal;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import java.io.IOException;
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

  /** Deletes files that never became segments. */
  public static void deleteLeftovers(Disk disk) throws IOException {
    for (String name : disk.list()) {
      if (name.endsWith(SegmentPool.TEMPORARY) && !SegmentPool.isSpare(name)) {
        disk.delete(name);
      }
    }
  }

  /**
   * Hands all batches behind {@code flushed} to a visitor, and makes durable what it read.
   *
   * @param from the first segment that is needed; all from there on have to be there
   */
  public static Replayed replay(Disk disk, long from, long flushed, Visit visit)
      throws IOException {
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
    return new WalReplay(disk, needed, flushed).run(from, flushed, visit);
  }

  /**
   * Says where the segments start that have frames: those that are needed, and older ones as far
   * back as they go on without a gap.
   *
   * @param needed the first that recovery needs
   * @param end the first that has no frame
   * @param last the newest sequence number
   * @return the oldest of them
   */
  public static long found(Disk disk, long needed, long end, long last, WalSegments found)
      throws IOException {
    List<Long> there = segments(disk);
    var reader = new SegmentReader();
    long oldest = end;
    long start = last + 1;
    while (there.contains(oldest - 1)) {
      long number = oldest - 1;
      String name = WalFormat.fileName(number);
      try (DiskFile file = disk.open(name)) {
        WalFormat.SegmentHeader header = reader.open(name, file);
        WalFormat.FrameHeader first = reader.frame(WalFormat.SEGMENT_HEADER_BYTES);
        if (number < needed && (header.number() != number || first == null)) {
          return oldest;
        }
        // One without a frame starts where the next one does.
        start = first == null ? start : first.firstSequence();
        found.add(number, start);
        oldest = number;
      } catch (CorruptionException e) {
        if (number >= needed) {
          throw e;
        }
        return oldest; // nobody needs it
      }
    }
    return oldest;
  }

  /**
   * What there is in the log.
   *
   * @param lastSequence the newest sequence number
   * @param unused number of the first segment from which on none has a frame
   */
  public record Replayed(long lastSequence, long unused) {}

  /** Gives the visitor for a segment. */
  public interface Visit {
    WalFormat.Visitor in(long segment) throws IOException;
  }

  private Replayed run(long from, long flushed, Visit visit) throws IOException {
    long end = -1; // the last sequence number of the frame read last
    long unused = from; // the segment behind the last one that has a frame
    String brokenFile = "";
    int brokenAt = 0;
    var reader = new SegmentReader();
    for (long number : segments) {
      String name = WalFormat.fileName(number);
      try (DiskFile file = disk.open(name)) {
        WalFormat.SegmentHeader header = reader.open(name, file);
        if (header.number() != number) {
          throw new CorruptionException(
              name, 16, "the segment says that it is number " + header.number());
        }
        WalFormat.Visitor visitor = visit.in(number);
        int offset = WalFormat.SEGMENT_HEADER_BYTES;
        long read = -1; // the same, within this segment
        for (WalFormat.FrameHeader frame = reader.frame(offset);
            frame != null;
            frame = reader.frame(offset)) {
          long first = frame.firstSequence();
          if (first <= end || first > Math.max(end, flushed) + 1) {
            // In front of a segment's first frame it is the segment before that lacks something.
            boolean here = read >= 0 || brokenFile.isEmpty();
            throw new CorruptionException(
                here ? name : brokenFile,
                here ? offset : brokenAt,
                "the batches from "
                    + (last + 1)
                    + " on are expected, the log goes on with "
                    + first);
          }
          end = first + frame.count() - 1;
          read = end;
          unused = number + 1;
          reader.visit(offset, frame, flushed, visitor);
          last = Math.max(last, end);
          offset += WalFormat.padded(frame.length());
        }
        reader.rejectLoss(offset, read);
        brokenFile = name;
        brokenAt = offset;
        // What was read may have been in the page cache only, and it is about to be built upon.
        file.force();
      }
    }
    return new Replayed(last, unused);
  }
}
