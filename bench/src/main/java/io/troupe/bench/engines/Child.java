package io.troupe.bench.engines;

import io.troupe.bench.report.Unit;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The process that carries one work out with one engine; {@link Process} starts it. */
public final class Child {
  private static final String FILL = "fill";

  private Child() {}

  /** What {@link #main} understands again. */
  static List<String> arguments(String work, Setup setup) {
    return List.of(
        work,
        setup.engine().label(),
        setup.directory().toString(),
        String.valueOf(setup.records()),
        String.valueOf(setup.seconds()),
        setup.babudb().map(Path::toString).orElse(""));
  }

  static List<String> fillArguments(Setup setup) {
    return arguments(FILL, setup);
  }

  /** An exception ends the process with 1, as it should. */
  public static void main(String[] args) throws Exception {
    PrintStream figuresOut = System.out;
    // Engines that talk do not talk in between.
    System.setOut(System.err);
    Setup setup = setup(Arrays.asList(args));
    Figures figures = new Figures(figuresOut);
    if (args[0].equals(FILL)) {
      OpenWork.fill(setup, figures);
      return;
    }
    WorkKind work = WorkKind.of(args[0]).orElseThrow();
    work.work().run(setup, figures);
    figures.add("memory, " + work.label(), Unit.SPACE, peak());
    // Some engines leave threads behind that would keep the process.
    System.exit(0);
  }

  private static double peak() throws IOException {
    return Self.peakResidentBytes() / Space.MIB;
  }

  private static Setup setup(List<String> args) {
    return new Setup(
        EngineKind.of(args.get(1)).orElseThrow(),
        Path.of(args.get(2)),
        false,
        Setup.MEMTABLE_BYTES,
        Long.parseLong(args.get(3)),
        Double.parseDouble(args.get(4)),
        args.get(5).isEmpty() ? Optional.empty() : Optional.of(Path.of(args.get(5))));
  }
}
