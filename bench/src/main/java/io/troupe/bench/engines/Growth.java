package io.troupe.bench.engines;

import io.troupe.bench.report.Report;
import io.troupe.bench.report.RunOptions;
import io.troupe.bench.report.Scratch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/** The same few operations at several sizes of the data set. */
final class Growth {
  private final List<EngineKind> engines;
  private final Map<String, Map<String, List<Chart.Point>>> curves = new LinkedHashMap<>();

  Growth(List<EngineKind> engines) {
    this.engines = engines;
  }

  /** One engine and one size has the disk at a time. */
  void run(
      List<Long> sizes,
      Path directory,
      Launcher launcher,
      BiFunction<EngineKind, Long, Setup> setups)
      throws Exception {
    for (long records : sizes) {
      for (EngineKind engine : engines) {
        RunOptions.say("growth, " + engine.label() + ", " + records);
        Setup setup = setups.apply(engine, records);
        List<Figures.Line> unused = launcher.run(WorkKind.LOAD, setup);
        for (Figures.Line line : launcher.run(WorkKind.GROWTH, setup)) {
          add(line, engine, records);
        }
        Scratch.delete(directory);
      }
    }
  }

  private void add(Figures.Line line, EngineKind engine, long records) {
    if (line.name().startsWith("memory")) {
      return;
    }
    curves
        .computeIfAbsent(line.name(), n -> new LinkedHashMap<>())
        .computeIfAbsent(engine.label(), e -> new ArrayList<>())
        .add(new Chart.Point(records, line.value()));
  }

  String svg() {
    Chart chart = new Chart();
    curves.forEach(chart::panel);
    return chart.svg();
  }

  String table(List<Long> sizes) {
    List<List<String>> lines = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("µs", ""));
    sizes.forEach(s -> head.add(String.format(Locale.ROOT, "%,d", s)));
    lines.add(head);
    curves.forEach(
        (name, engineCurves) ->
            engineCurves.forEach(
                (engine, points) -> {
                  List<String> line = new ArrayList<>(List.of(name, engine));
                  points.forEach(p -> line.add(Report.show(p.y())));
                  lines.add(line);
                }));
    return Report.aligned(lines);
  }
}
