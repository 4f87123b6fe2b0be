package io.troupe.lsm.tool;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.wal.Operations;
import io.troupe.lsm.wal.WalFormat;
import io.troupe.lsm.wal.WalReplay;
import io.troupe.lsm.wal.WalScan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a damaged log. */
final class LogSalvage {

  private LogSalvage() {}

  /**
   * What there is.
   *
   * @param unreadable segments of which it is not known which frames are theirs
   * @param names of indices that the log declares, by id
   */
  record Found(LogPlan plan, List<Long> unreadable, Map<Integer, String> names) {}

  /** Finds out which frames of the segments from a number on are to be used. */
  static Found look(Disk disk, long from, long covered) throws IOException {
    List<LogPlan.Segment> segments = new ArrayList<>();
    List<Long> unreadable = new ArrayList<>();
    for (long number : WalReplay.segments(disk)) {
      if (number < from) {
        continue;
      }
      Optional<WalScan> scan = WalScan.salvage(disk, number);
      if (scan.isEmpty()) {
        unreadable.add(number);
      }
      segments.add(
          scan.map(read -> new LogPlan.Segment(number, read.end(), read.frames()))
              .orElse(new LogPlan.Segment(number, 0, List.of())));
    }
    LogPlan plan = LogPlan.of(segments, covered);
    Map<Integer, String> names = new HashMap<>();
    visit(
        disk,
        plan,
        (sequence, epoch, operations) -> {
          while (operations.next()) {
            if (operations.kind() == WalFormat.DECLARE) {
              names.put(operations.index(), name(operations));
            }
          }
        });
    return new Found(plan, List.copyOf(unreadable), names);
  }

  /** Hands the batches of all frames that are used to a visitor, in order. */
  static void visit(Disk disk, LogPlan plan, WalFormat.Visitor visitor) throws IOException {
    long open = -1;
    WalScan scan = null;
    for (LogPlan.Use use : plan.used()) {
      if (scan == null || open != use.segment()) {
        scan =
            WalScan.salvage(disk, use.segment())
                .orElseThrow(() -> new IOException("the log changed while it was read"));
        open = use.segment();
      }
      scan.visit(use.frame(), visitor);
    }
  }

  private static String name(Operations declaration) {
    return new String(declaration.array(), declaration.keyAt(), declaration.keyLength(), UTF_8);
  }
}
