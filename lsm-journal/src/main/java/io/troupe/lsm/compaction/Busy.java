package io.troupe.lsm.compaction;

import io.troupe.lsm.version.Span;
import io.troupe.lsm.version.TableMeta;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The compactions that are in progress. Two may run at the same time when they share no table, and
 * when what they write to the same level cannot overlap. For one thread at a time.
 */
public final class Busy {

  private record Output(Compaction of, Span span) {}

  private final Set<Long> tables = new HashSet<>();
  private final List<Output> outputs = new ArrayList<>();

  /** Begins one. */
  public void begin(Compaction compaction) {
    compaction.inputs().forEach(table -> tables.add(table.number()));
    outputs.add(new Output(compaction, compaction.span()));
  }

  /** Ends one. */
  public void end(Compaction compaction) {
    compaction.inputs().forEach(table -> tables.remove(table.number()));
    outputs.removeIf(output -> output.of().equals(compaction));
  }

  /** Whether a table is being compacted. */
  public boolean has(TableMeta table) {
    return tables.contains(table.number());
  }

  /** Whether any of some tables is being compacted. */
  public boolean hasAny(List<TableMeta> some) {
    for (TableMeta table : some) {
      if (has(table)) {
        return true;
      }
    }
    return false;
  }

  /** Whether tables in a span of a level are being written. */
  public boolean writes(int index, int level, Span span) {
    for (Output output : outputs) {
      if (output.of().index() == index
          && output.of().outputLevel() == level
          && output.span().overlaps(span)) {
        return true;
      }
    }
    return false;
  }

  /** How many are in progress. */
  public int size() {
    return outputs.size();
  }
}
