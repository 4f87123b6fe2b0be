package io.troupe.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Works that several contestants carry out in turns, so that what changes on the machine in the
 * meantime hits all of them. The first contestant is the peer or limit that the others are compared
 * with.
 */
public final class Contest {
  /** One contestant's turn at a work; throws where a result is wrong. */
  @FunctionalInterface
  public interface Pass {
    List<Figure> run() throws Exception;
  }

  private record Work(String name, List<Pass> passes) {}

  private final String title;
  private final List<String> contestants;
  private final List<Work> works = new ArrayList<>();

  public Contest(String title, String... contestants) {
    this.title = title;
    this.contestants = List.of(contestants);
  }

  /** Adds a work with a pass for each contestant, in their order. */
  public void add(String work, Pass... passes) {
    if (passes.length != contestants.size()) {
      throw new IllegalArgumentException(passes.length + " passes for " + contestants);
    }
    works.add(new Work(work, List.of(passes)));
  }

  /** Carries all works out; within a round who goes first changes. */
  public Report run(int rounds, boolean warmUp) throws Exception {
    Map<String, Report.Row> rows = new LinkedHashMap<>();
    for (int round = warmUp ? -1 : 0; round < rounds; round++) {
      for (Work work : works) {
        Progress.show(title, round, rounds, work.name());
        for (int turn = 0; turn < contestants.size(); turn++) {
          int who = Math.floorMod(turn + round, contestants.size());
          List<Figure> figures = work.passes().get(who).run();
          if (round >= 0) {
            keep(rows, work.name(), who, figures);
          }
        }
      }
    }
    Progress.clear();
    return new Report(title, rounds, contestants, List.copyOf(rows.values()));
  }

  private void keep(Map<String, Report.Row> rows, String work, int who, List<Figure> figures) {
    for (Figure f : figures) {
      String name = f.name().isEmpty() ? work : work + ", " + f.name();
      rows.computeIfAbsent(name, n -> Report.Row.of(n, f.unit(), contestants.size()))
          .values()
          .get(who)
          .add(f.value());
    }
  }
}
