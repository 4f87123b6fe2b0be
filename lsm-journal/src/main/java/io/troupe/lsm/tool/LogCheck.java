package io.troupe.lsm.tool;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.wal.Operations;
import io.troupe.lsm.wal.WalFormat;
import io.troupe.lsm.wal.WalReplay;
import io.troupe.lsm.wal.WalScan;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** Reads all segments of the log by the rules by which a store is opened. */
final class LogCheck {

  /** Kept for those who follow the log, or left by a crash. */
  private static final String UNNEEDED = "a segment that recovery does not need";

  private final Disk disk;
  private final Consumer<Finding> found;
  private long last;

  /**
   * @param flushed all batches up to this one are in tables
   */
  private LogCheck(Disk disk, long flushed, Consumer<Finding> found) {
    this.disk = disk;
    this.last = flushed;
    this.found = found;
  }

  /**
   * Reads the segments.
   *
   * @param from the first one that is needed
   * @return the number of the last batch
   */
  static long run(Disk disk, long from, long flushed, Consumer<Finding> found) throws IOException {
    var check = new LogCheck(disk, flushed, found);
    List<Long> segments = WalReplay.segments(disk);
    long expected = from;
    long end = -1;
    for (long segment : segments) {
      if (segment < from) {
        check.unneeded(segment);
        continue;
      }
      for (; expected < segment; expected++) {
        check.broken(WalReplay.fileName(expected), 0, "the log segment is missing");
      }
      expected++;
      end = check.segment(segment, flushed, end);
    }
    return check.last;
  }

  private void unneeded(long segment) throws IOException {
    String name = WalReplay.fileName(segment);
    try {
      WalScan scan = WalScan.read(disk, segment);
      if (scan.frames().stream().anyMatch(WalScan.Frame::behindGap)) {
        note(name, scan.end(), UNNEEDED + ", with a frame that does not verify");
      } else {
        note(name, 0, UNNEEDED);
      }
    } catch (CorruptionException e) {
      note(name, e.offset(), UNNEEDED + ": " + e.what());
    }
  }

  /** Returns the number of the last batch read, this segment included; -1 before the first. */
  private long segment(long segment, long flushed, long before) throws IOException {
    String name = WalReplay.fileName(segment);
    WalScan scan;
    try {
      scan = WalScan.read(disk, segment);
    } catch (CorruptionException e) {
      found.accept(Finding.broken(e));
      return before;
    }
    long end = before;
    long read = -1; // within this segment, in front of what does not verify
    boolean lost = false;
    for (WalScan.Frame frame : scan.frames()) {
      if (frame.behindGap()) {
        if (!lost && frame.durable() > (read < 0 ? frame.start() - 1 : read)) {
          lost = true;
          broken(
              name,
              scan.end(),
              "a frame does not verify, and the one at "
                  + frame.offset()
                  + " (from sequence number "
                  + frame.first()
                  + ") shows that it was durable");
        }
        continue;
      }
      if (frame.first() <= end || frame.first() > Math.max(end, flushed) + 1) {
        broken(
            name,
            frame.offset(),
            "the frame starts with sequence number "
                + frame.first()
                + ", the log in front of it ends with "
                + Math.max(end, flushed));
      }
      end = Math.max(end, frame.last());
      read = frame.last();
      operations(name, scan, frame);
    }
    last = Math.max(last, end);
    if (scan.torn() && !lost) {
      note(name, scan.end(), "the log ends with a frame that does not verify");
    }
    return end;
  }

  private void operations(String name, WalScan scan, WalScan.Frame frame) throws IOException {
    try {
      scan.visit(
          frame,
          (sequence, epoch, operations) -> {
            while (operations.next()) {
              byte kind = operations.kind();
              if (kind != WalFormat.DECLARE
                  && kind != Operations.DELETE_RANGE
                  && !Kind.isKnown(kind)) {
                broken(name, operations.start(), "operation of unknown kind " + kind);
              }
            }
          });
    } catch (IndexOutOfBoundsException e) {
      broken(name, frame.offset(), "the frame verifies and has operations of no sense: " + e);
    }
  }

  private void broken(String file, long offset, String what) {
    found.accept(new Finding(true, file, offset, what));
  }

  private void note(String file, long offset, String what) {
    found.accept(new Finding(false, file, offset, what));
  }
}
