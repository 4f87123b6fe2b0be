package io.troupe.bench.report;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a contest came to: medians over its rounds, and each contestant beside the first. */
public record Report(String title, int rounds, List<String> contestants, List<Row> rows) {
  /**
   * One figure of one work.
   *
   * @param values of each contestant, of each round
   */
  record Row(String name, Unit unit, List<List<Double>> values) {
    static Row of(String name, Unit unit, int contestants) {
      List<List<Double>> values = new ArrayList<>();
      for (int i = 0; i < contestants; i++) {
        values.add(new ArrayList<>());
      }
      return new Row(name, unit, values);
    }

    double median(int contestant) {
      double[] sorted = values.get(contestant).stream().mapToDouble(d -> d).sorted().toArray();
      return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    double ratio(int contestant) {
      return unit.ratio(median(contestant), median(0));
    }
  }

  /** For people: an aligned table. */
  public String table() {
    List<List<String>> lines = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("", "unit", contestants.getFirst()));
    for (String other : contestants.subList(1, contestants.size())) {
      head.addAll(List.of(other, "ratio"));
    }
    lines.add(head);
    for (Row row : rows) {
      List<String> line = new ArrayList<>(List.of(row.name(), row.unit().label()));
      line.add(show(row.median(0)));
      for (int i = 1; i < contestants.size(); i++) {
        line.add(show(row.median(i)));
        line.add(String.format(Locale.ROOT, "%.2f", row.ratio(i)));
      }
      lines.add(line);
    }
    String peer = contestants.getFirst();
    return "%s: medians of %d rounds; ratio above 1: faster than %s%n"
            .formatted(title, rounds, peer)
        + aligned(lines);
  }

  /** Two columns of words, then columns of numbers. */
  public static String aligned(List<List<String>> lines) {
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      for (int c = 0; c < line.size(); c++) {
        int column = c;
        int width = lines.stream().mapToInt(l -> l.get(column).length()).max().orElse(0);
        String cell = line.get(c);
        String pad = " ".repeat(width - cell.length());
        // Words begin in one column, numbers end in one.
        text.append(c < 2 ? cell + pad : pad + cell).append(c < line.size() - 1 ? "  " : "\n");
      }
    }
    return text.toString();
  }

  /** With as many digits as mean something. */
  public static String show(double value) {
    String format = value >= 1000 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }

  /** What a report says of the machine. */
  public static Map<String, Object> machine() {
    return Map.of(
        "processors", Runtime.getRuntime().availableProcessors(),
        "os", System.getProperty("os.name") + " " + System.getProperty("os.version"),
        "java", Runtime.version().toString());
  }

  /** For machines: medians and the values of each round. */
  public String json() {
    List<Object> all = new ArrayList<>();
    for (Row row : rows) {
      Map<String, Object> values = new LinkedHashMap<>();
      for (int i = 0; i < contestants.size(); i++) {
        values.put(
            contestants.get(i),
            Map.of("median", row.median(i), "ratio", row.ratio(i), "rounds", row.values().get(i)));
      }
      all.add(Map.of("work", row.name(), "unit", row.unit().label(), "values", values));
    }
    Map<String, Object> whole =
        Map.of(
            "benchmark",
            title,
            "rounds",
            rounds,
            "peer",
            contestants.getFirst(),
            "machine",
            machine(),
            "rows",
            all);
    return ConfigValueFactory.fromAnyRef(whole)
        .render(ConfigRenderOptions.concise().setFormatted(true));
  }
}
