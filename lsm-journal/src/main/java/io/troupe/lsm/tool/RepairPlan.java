package io.troupe.lsm.tool;

import io.troupe.lsm.version.Version;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What makes a store whole again. Pure.
 *
 * @param base the tables that stay, each on its level, and the names of the indices
 * @param rewrites tables to be written anew, of what can be read of them
 * @param merges tables to be put together
 * @param log the part of the log that goes into tables, which then replace the log; none when the
 *     log stays as it is
 * @param replaced files that go
 * @param firstFile from here on no file has had the number
 * @param nextSegment the first segment of the log that the next open makes, when the log goes
 * @param losses what cannot be read
 * @param steps in words
 * @param notes what nobody can know any more
 */
record RepairPlan(
    Version base,
    List<Rewrite> rewrites,
    List<Merge> merges,
    Optional<Log> log,
    Set<String> replaced,
    long firstFile,
    long nextSegment,
    List<Loss> losses,
    List<String> steps,
    List<String> notes) {

  /** A table is written anew and comes to a level; -1 when it is only to be merged. */
  record Rewrite(long number, int index, int level) {}

  /** Tables of an index become sorted ones on the last level. */
  record Merge(int index, List<Long> tables) {}

  /**
   * Frames go into tables.
   *
   * @param inTables for an index: up to which batch its operations are in tables already
   * @param inAllTables the same for an index that is not named there
   */
  record Log(LogPlan frames, Map<Integer, Long> inTables, long inAllTables) {
    boolean isNew(int index, long sequence) {
      return sequence > inTables.getOrDefault(index, inAllTables);
    }
  }
}
