package io.troupe.bench.engines;

import io.troupe.bench.report.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * What our engine has to come to in a row.
 *
 * @param rows which rows
 * @param peers the best of those that there are counts
 * @param factor how many times as good as that peer, where 2 is half of the time or space
 */
record Goal(Pattern rows, List<EngineKind> peers, double factor) {
  private static final List<EngineKind> LOG = List.of(EngineKind.LOG);
  private static final List<EngineKind> ROCKSDB = List.of(EngineKind.ROCKSDB);
  private static final List<EngineKind> BABUDB = List.of(EngineKind.BABUDB);
  private static final List<EngineKind> BEST_READERS =
      List.of(EngineKind.ROCKSDB, EngineKind.ROCKSDB_MAPPED, EngineKind.BABUDB);

  /** Seconds within which a store opens, whatever others need. */
  private static final double OPEN_SECONDS = 0.2;

  private static final Pattern OPEN = Pattern.compile("open after a kill");

  private static final List<Goal> ALL =
      List.of(
          goal("append, .* x 100", LOG, 0.7),
          goal("append, .* x (1|10)", LOG, 0.8),
          goal("load until at rest", ROCKSDB, 1.2),
          goal("load, space after close", ROCKSDB, 1 / 1.1),
          goal("get, .*, 1 thread", BEST_READERS, 1.5),
          goal("get, .*, 2 threads", BEST_READERS, 1.2),
          goal("scan of .*", BABUDB, 1),
          goal("churn", ROCKSDB, 1.2),
          goal("churn, .*space.*", ROCKSDB, 1),
          goal("mixed", ROCKSDB, 1.3),
          goal("mixed, .*, p99\\.9", ROCKSDB, 1),
          goal("replay, .*", ROCKSDB, 1.3),
          goal("memory, .*", ROCKSDB, 1));

  /** How a row stands to its goal; from 1 on it is reached. */
  record Standing(String text, double reached) {}

  private static Goal goal(String rows, List<EngineKind> peers, double factor) {
    return new Goal(Pattern.compile(rows), peers, factor);
  }

  /** Nothing where there is no goal, or nobody to compare with. */
  static List<Standing> of(String row, Unit unit, Map<EngineKind, Double> values) {
    Double ours = values.get(EngineKind.TROUPE);
    if (ours == null) {
      return List.of();
    }
    if (OPEN.matcher(row).matches()) {
      return List.of(new Standing("<= " + OPEN_SECONDS + " s", OPEN_SECONDS / ours));
    }
    for (Goal goal : ALL) {
      if (goal.rows().matcher(row).matches()) {
        return goal.standing(unit, ours, values);
      }
    }
    return List.of();
  }

  private List<Standing> standing(Unit unit, double ours, Map<EngineKind, Double> values) {
    List<String> names = new ArrayList<>();
    OptionalDouble best = OptionalDouble.empty();
    for (EngineKind peer : peers) {
      Double value = values.get(peer);
      if (value != null) {
        names.add(peer.label());
        if (best.isEmpty() || unit.isBetter(value, best.getAsDouble())) {
          best = OptionalDouble.of(value);
        }
      }
    }
    if (best.isEmpty()) {
      return List.of();
    }
    String text = String.format(Locale.ROOT, "%.2f x %s", factor, String.join("/", names));
    return List.of(new Standing(text, unit.ratio(ours, best.getAsDouble()) / factor));
  }
}
