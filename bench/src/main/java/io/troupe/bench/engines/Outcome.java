package io.troupe.bench.engines;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import io.troupe.bench.report.Report;
import io.troupe.bench.report.Unit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All figures of all engines: medians over the rounds, beside the goals. */
final class Outcome {
  /** One line of the table. */
  private record Row(String name, Unit unit, Map<EngineKind, List<Double>> rounds) {
    Map<EngineKind, Double> medians() {
      Map<EngineKind, Double> medians = new EnumMap<>(EngineKind.class);
      rounds.forEach((engine, values) -> medians.put(engine, median(values)));
      return medians;
    }

    private static double median(List<Double> values) {
      double[] sorted = values.stream().mapToDouble(d -> d).sorted().toArray();
      return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    List<Goal.Standing> standing() {
      return Goal.of(name, unit, medians());
    }
  }

  private final List<EngineKind> engines;
  private final Map<String, Row> rows = new LinkedHashMap<>();

  Outcome(List<EngineKind> engines) {
    this.engines = engines;
  }

  void add(EngineKind engine, Figures.Line line) {
    rows.computeIfAbsent(line.name(), n -> new Row(n, line.unit(), new EnumMap<>(EngineKind.class)))
        .rounds()
        .computeIfAbsent(engine, e -> new ArrayList<>())
        .add(line.value());
  }

  /** For people. */
  String table() {
    List<List<String>> lines = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("", "unit"));
    engines.forEach(e -> head.add(e.label()));
    head.addAll(List.of("goal", "reached"));
    lines.add(head);
    for (Row row : rows.values()) {
      List<String> line = new ArrayList<>(List.of(row.name(), row.unit().label()));
      Map<EngineKind, Double> medians = row.medians();
      for (EngineKind engine : engines) {
        Double value = medians.get(engine);
        line.add(value == null ? "-" : Report.show(value));
      }
      List<Goal.Standing> standing = row.standing();
      line.add(standing.isEmpty() ? "" : standing.getFirst().text());
      line.add(standing.isEmpty() ? "" : Report.show(standing.getFirst().reached()));
      lines.add(line);
    }
    return Report.aligned(lines);
  }

  /** For machines. */
  String json(int rounds, long records) {
    List<Object> all = new ArrayList<>();
    for (Row row : rows.values()) {
      Map<String, Object> values = new LinkedHashMap<>();
      Map<EngineKind, Double> medians = row.medians();
      row.rounds()
          .forEach(
              (engine, figures) ->
                  values.put(
                      engine.label(),
                      Map.of("median", medians.getOrDefault(engine, 0.0), "rounds", figures)));
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("work", row.name());
      shown.put("unit", row.unit().label());
      shown.put("values", values);
      for (Goal.Standing s : row.standing()) {
        shown.put("goal", s.text());
        shown.put("reached", s.reached());
      }
      all.add(shown);
    }
    Map<String, Object> whole =
        Map.of(
            "benchmark",
            "engines",
            "rounds",
            rounds,
            "records",
            records,
            "machine",
            Report.machine(),
            "rows",
            all);
    return ConfigValueFactory.fromAnyRef(whole)
        .render(ConfigRenderOptions.concise().setFormatted(true));
  }
}
