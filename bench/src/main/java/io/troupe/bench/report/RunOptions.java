package io.troupe.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every benchmark understands. */
public final class RunOptions {
  @Option(names = "--rounds", paramLabel = "N", description = "rounds whose medians are shown")
  private @Nullable Integer rounds;

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

  public int rounds(int defaultRounds) {
    return rounds == null ? defaultRounds : Math.max(1, rounds);
  }

  /** Tells who looks at a terminal what is going on. */
  public static void say(String what) {
    Progress.show(what);
  }

  /** Removes what {@link #say} has shown. */
  public static void saidAll() {
    Progress.clear();
  }

  /** Writes the figures where the user wants them. */
  public void write(String figures) throws IOException {
    if (json != null) {
      Files.writeString(json, figures);
    }
  }

  /** Runs the contest and tells what it came to. */
  public void run(Contest contest, boolean warmUp) throws Exception {
    Report report = contest.run(rounds(3), warmUp);
    System.out.print(report.table());
    write(report.json());
  }
}
