package io.troupe.bench.engines;

import io.troupe.bench.report.Unit;
import java.io.PrintStream;
import java.util.Optional;

/** What a process has measured, a line of its output each. */
record Figures(PrintStream out) {
  private static final String MARK = "figure";
  private static final String READY = "ready";

  /** A line as the other side reads it. */
  record Line(String name, Unit unit, double value) {}

  void add(String name, Unit unit, double value) {
    out.println(String.join("\t", MARK, name, unit.name(), Double.toString(value)));
    out.flush();
  }

  /** Says that the process may be killed. */
  void ready() {
    out.println(READY);
    out.flush();
  }

  static boolean isReady(String line) {
    return line.equals(READY);
  }

  /** Nothing for what others have printed. */
  static Optional<Line> parse(String line) {
    String[] parts = line.split("\t", -1);
    return parts.length == 4 && parts[0].equals(MARK)
        ? Optional.of(new Line(parts[1], Unit.valueOf(parts[2]), Double.parseDouble(parts[3])))
        : Optional.empty();
  }
}
