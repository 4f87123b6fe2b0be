package io.troupe.bench.engine;

import io.troupe.bench.report.Contest;
import io.troupe.bench.report.DirectoryOption;
import io.troupe.bench.report.RunOptions;
import io.troupe.bench.report.Scratch;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bench commit}: what durability costs, and what the engine adds to it. */
@Command(
    name = "commit",
    description =
        "The LSM engine's commit with sync beside an append of the same bytes and fdatasync.",
    mixinStandardHelpOptions = true)
public final class CommitBench implements Callable<Integer> {
  private static final int THREADS = 8;
  private static final int WINDOW = 256;

  @Mixin private RunOptions options = new RunOptions();
  @Mixin private DirectoryOption directory = new DirectoryOption();

  @Override
  public Integer call() throws Exception {
    Duration limit = options.limit(1);
    try (Scratch scratch = directory.scratch();
        RawAppends raw = RawAppends.create(scratch.resolve("raw"));
        EngineCommits engine = EngineCommits.open(scratch.resolve("engine"))) {
      Contest contest = new Contest("commit", "append+fdatasync", "engine");
      for (int records : new int[] {1, 10, 100}) {
        contest.add(
            "1 thread, " + records + (records == 1 ? " record" : " records"),
            () -> raw.oneAtATime(records, limit),
            () -> engine.oneAtATime(records, limit));
      }
      for (int records : new int[] {1, 10, 100}) {
        contest.add(
            THREADS + " threads, " + records + (records == 1 ? " record" : " records"),
            () -> raw.threads(THREADS, records, limit),
            () -> engine.threads(THREADS, records, limit));
      }
      contest.add(
          "1 thread, " + WINDOW + " in flight",
          () -> raw.groups(WINDOW, limit),
          () -> engine.window(WINDOW, limit));
      options.run(contest, true);
      engine.verifyAll();
    }
    return 0;
  }
}
