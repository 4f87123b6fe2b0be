package io.troupe.lsm.tool;

import io.troupe.lsm.wal.WalScan;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Which frames of a damaged log are used, and which batches are lost. Pure.
 *
 * <ul>
 *   <li>Frames are used in the order of their sequence numbers, each number once.
 *   <li>Batches are lost, and frames behind them used, only when they are known to have been
 *       durable: a later frame of the segment says so, or the segment, or a later one, starts
 *       behind them. Otherwise the log was torn there by a crash, and what is behind it in the
 *       segment was never acknowledged: it is not used.
 *   <li>Where the next segment starts with a number, frames of earlier segments with that or a
 *       higher one are what a crash had torn off: the number was given again.
 *   <li>All frames of a segment are of one epoch.
 * </ul>
 *
 * @param used in order
 * @param end the last batch, lost ones included
 */
record LogPlan(List<Use> used, List<Gap> gaps, long end) {

  /**
   * A segment that was read.
   *
   * @param brokenAt offset of the first frame that does not verify
   */
  record Segment(long number, int brokenAt, List<WalScan.Frame> frames) {}

  /** A frame to be used. */
  record Use(long segment, WalScan.Frame frame) {}

  /** Batches that were durable and are in no frame that verifies; they were read up to a place. */
  record Gap(long segment, long offset, long from, long through) {}

  /**
   * Plans.
   *
   * @param segments ascending, those whose header verified
   * @param covered all batches up to this one are in tables, or would be
   */
  static LogPlan of(List<Segment> segments, long covered) {
    List<Use> used = new ArrayList<>();
    List<Gap> gaps = new ArrayList<>();
    long end = -1;
    long brokenSegment = 0; // where what is missing had been
    long brokenAt = 0;
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      OptionalLong next = startBehind(segments, i);
      long durable = 0;
      for (WalScan.Frame frame : segment.frames()) {
        durable = Math.max(durable, frame.durable());
      }
      for (WalScan.Frame frame : segment.frames()) {
        if (frame.epoch() != segment.frames().getFirst().epoch()
            || (next.isPresent() && frame.last() >= next.getAsLong())) {
          break;
        }
        if (end < 0) {
          end = Math.min(frame.first() - 1, covered);
        }
        if (frame.first() > end + 1) {
          long missing = end + 1;
          boolean wasDurable =
              missing <= durable
                  || missing < frame.start()
                  || (next.isPresent() && missing < next.getAsLong());
          if (!wasDurable) {
            break;
          }
          if (frame.first() - 1 > covered) {
            boolean here = missing >= frame.start();
            gaps.add(
                new Gap(
                    here || brokenSegment == 0 ? segment.number() : brokenSegment,
                    here ? segment.brokenAt() : brokenAt,
                    Math.max(missing, covered + 1),
                    frame.first() - 1));
          }
        }
        if (frame.last() > end) {
          used.add(new Use(segment.number(), frame));
        }
        end = Math.max(end, Math.max(frame.last(), frame.first() - 1));
      }
      brokenSegment = segment.number();
      brokenAt = segment.brokenAt();
    }
    return new LogPlan(List.copyOf(used), List.copyOf(gaps), Math.max(end, covered));
  }

  /** The first sequence number of the next segment that has a frame. */
  private static OptionalLong startBehind(List<Segment> segments, int place) {
    for (Segment later : segments.subList(place + 1, segments.size())) {
      if (!later.frames().isEmpty()) {
        return OptionalLong.of(later.frames().getFirst().start());
      }
    }
    return OptionalLong.empty();
  }
}
