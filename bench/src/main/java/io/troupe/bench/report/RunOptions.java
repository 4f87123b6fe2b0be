package io.troupe.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every benchmark understands. */
public final class RunOptions {
  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "rounds whose medians are shown (default: ${DEFAULT-VALUE})")
  private int rounds = 3;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "limit of one pass, of which a round has several for each contestant")
  private @Nullable Double seconds;

  @Option(names = "--json", paramLabel = "FILE", description = "write the figures there, too")
  private @Nullable Path json;

  /** Of one pass. */
  public Duration limit(double defaultSeconds) {
    double s = seconds == null ? defaultSeconds : seconds;
    return Duration.ofNanos((long) (s * 1e9));
  }

  /** Runs the contest and tells what it came to. */
  public void run(Contest contest, boolean warmUp) throws Exception {
    Report report = contest.run(Math.max(1, rounds), warmUp);
    System.out.print(report.table());
    if (json != null) {
      write(json, report);
    }
  }

  private static void write(Path json, Report report) throws IOException {
    Files.writeString(json, report.json());
  }
}
