package io.troupe.bench.engines;

import io.troupe.bench.report.DirectoryOption;
import io.troupe.bench.report.RunOptions;
import io.troupe.bench.report.Scratch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench engines}: where our engine stands among others, and beside its goals. */
@Command(
    name = "engines",
    description =
        "The LSM engine beside RocksDB, LMDB, MVStore, BabuDB and a bare log, work by work.",
    mixinStandardHelpOptions = true)
public final class EnginesBench implements Callable<Integer> {
  @Mixin private RunOptions options = new RunOptions();
  @Mixin private DirectoryOption directory = new DirectoryOption();
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--engines",
      split = ",",
      paramLabel = "ENGINE",
      description =
          "troupe, rocksdb, rocksdb-mapped, lmdb, mvstore, babudb, log (default: all that there are)")
  private List<String> engines = List.of();

  @Option(
      names = "--work",
      split = ",",
      paramLabel = "WORK",
      description =
          "append-sync, append-os, load, reads, scans, mixed, churn, open, replay (default: all)")
  private List<String> works = List.of();

  @Option(
      names = "--records",
      paramLabel = "N",
      description = "of the data set; 5700000 are 1.5 GiB (default: ${DEFAULT-VALUE})")
  private long records = 400_000;

  @Option(
      names = "--babudb",
      paramLabel = "JAR",
      description = "where BabuDB's classes are; it does not take part without")
  private @Nullable Path babudb;

  @Option(
      names = "--limit",
      paramLabel = "S",
      description = "seconds after which a work of one engine is given up (${DEFAULT-VALUE})")
  private long limitSeconds = 600;

  @Option(
      names = "--growth",
      split = ",",
      paramLabel = "MILLIONS",
      description =
          "instead of all works: a get, a scan and an append at these sizes of the data set")
  private List<Double> growth = List.of();

  @Option(names = "--svg", paramLabel = "FILE", description = "draw the growth there")
  private @Nullable Path svg;

  @Option(
      names = "--jvm-option",
      paramLabel = "OPTION",
      description = "for the JVM of each work, such as a profiler's")
  private List<String> jvmOptions = List.of();

  @Override
  public Integer call() throws Exception {
    List<EngineKind> contestants = contestants();
    Set<WorkKind> chosen = chosenWorks();
    Launcher launcher = new Launcher(jvmOptions, limitSeconds);
    if (!growth.isEmpty()) {
      grow(launcher);
      return 0;
    }
    Outcome outcome = new Outcome(contestants);
    List<String> failures = new ArrayList<>();
    try (Scratch scratch = directory.scratch()) {
      for (int round = 0; round < options.rounds(1); round++) {
        Round all = new Round(scratch.resolve("round-" + round), launcher, outcome, failures);
        all.run(contestants, chosen);
      }
    }
    RunOptions.saidAll();
    System.out.printf(
        "engines: medians of %d rounds, %,d records; a goal is reached from 1 on%n%s",
        options.rounds(1), records, outcome.table());
    options.write(outcome.json(options.rounds(1), records));
    failures.forEach(f -> System.err.println("engines: " + f));
    return failures.isEmpty() ? 0 : 1;
  }

  private void grow(Launcher launcher) throws Exception {
    Growth curves =
        new Growth(
            engines.isEmpty() ? List.of(EngineKind.TROUPE, EngineKind.ROCKSDB) : contestants());
    List<Long> sizes = growth.stream().map(millions -> (long) (millions * 1e6)).toList();
    try (Scratch scratch = directory.scratch()) {
      Path own = scratch.resolve("data");
      curves.run(sizes, own, launcher, (engine, size) -> setup(engine, own, size));
    }
    RunOptions.saidAll();
    System.out.print(curves.table(sizes));
    Path picture = svg;
    if (picture != null) {
      Files.writeString(picture, curves.svg());
    }
  }

  private Setup setup(EngineKind engine, Path own, long size) {
    return new Setup(
        engine,
        own,
        false,
        Setup.MEMTABLE_BYTES,
        size,
        options.limit(0.5).toNanos() / 1e9,
        Optional.ofNullable(babudb));
  }

  /** One round: work by work, all engines in turn. */
  private final class Round {
    private final Path directory;
    private final Launcher launcher;
    private final Outcome outcome;
    private final List<String> failures;
    private final Map<EngineKind, Path> loaded = new EnumMap<>(EngineKind.class);

    Round(Path directory, Launcher launcher, Outcome outcome, List<String> failures) {
      this.directory = directory;
      this.launcher = launcher;
      this.outcome = outcome;
      this.failures = failures;
    }

    void run(List<EngineKind> contestants, Set<WorkKind> works) throws Exception {
      for (WorkKind work : works) {
        for (EngineKind engine : contestants) {
          if (engine.takesPartIn(work)) {
            run(engine, work);
          }
        }
      }
      Scratch.delete(directory);
    }

    private void run(EngineKind engine, WorkKind work) throws Exception {
      Path own = directory.resolve(engine.label() + "-" + (work.onDataSet() ? "data" : "own"));
      try {
        if (work.onDataSet() && work != WorkKind.LOAD && loaded.get(engine) == null) {
          load(engine, own);
        }
        RunOptions.say(work.label() + ", " + engine.label());
        for (Figures.Line line : launcher.run(work, setup(engine, own, records))) {
          outcome.add(engine, line);
        }
        if (work == WorkKind.LOAD) {
          loaded.put(engine, own);
        }
      } catch (Launcher.Failed e) {
        failures.add(String.valueOf(e.getMessage()));
      }
      if (!work.onDataSet() && Files.exists(own)) {
        Scratch.delete(own);
      }
    }

    /** Without figures, for who did not ask for them. */
    private void load(EngineKind engine, Path own) throws Exception {
      RunOptions.say("loading, " + engine.label());
      List<Figures.Line> unused = launcher.run(WorkKind.LOAD, setup(engine, own, records));
      loaded.put(engine, own);
    }
  }

  private List<EngineKind> contestants() {
    if (engines.isEmpty()) {
      List<EngineKind> all = new ArrayList<>(List.of(EngineKind.values()));
      if (babudb == null) {
        all.remove(EngineKind.BABUDB);
      }
      return all;
    }
    List<EngineKind> named = engines.stream().map(e -> known(e, EngineKind::of)).toList();
    if (named.contains(EngineKind.BABUDB) && babudb == null) {
      throw wrong("babudb needs --babudb JAR");
    }
    return named;
  }

  private Set<WorkKind> chosenWorks() {
    Set<WorkKind> chosen = EnumSet.noneOf(WorkKind.class);
    works.forEach(w -> chosen.add(known(w, WorkKind::of)));
    return chosen.isEmpty() ? EnumSet.complementOf(EnumSet.of(WorkKind.GROWTH)) : chosen;
  }

  private <T> T known(String name, Function<String, Optional<T>> find) {
    return find.apply(name).orElseThrow(() -> wrong("there is no " + name));
  }

  private CommandLine.ParameterException wrong(String message) {
    CommandSpec known = spec;
    if (known == null) {
      throw new IllegalStateException("not started as a command");
    }
    return new CommandLine.ParameterException(known.commandLine(), message);
  }
}
