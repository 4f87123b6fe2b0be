package io.troupe.bench;

import io.troupe.bench.engine.CommitBench;
import io.troupe.bench.engine.LookupBench;
import io.troupe.bench.engines.EnginesBench;
import io.troupe.bench.faults.FaultsBench;
import io.troupe.bench.leases.LeasesBench;
import io.troupe.bench.metadata.MetadataBench;
import io.troupe.bench.mount.MountBench;
import io.troupe.bench.objects.ObjectsBench;
import io.troupe.bench.stream.StreamBench;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * {@code bin/bench}: exit codes are 0 for success, 1 for a failure or a wrong result, 2 for wrong
 * usage.
 */
@Command(
    name = "bench",
    description = "Benchmarks of Troupe, each beside a peer or limit in the same run.",
    mixinStandardHelpOptions = true,
    subcommands = {
      CommitBench.class,
      LookupBench.class,
      EnginesBench.class,
      StreamBench.class,
      ObjectsBench.class,
      MetadataBench.class,
      LeasesBench.class,
      MountBench.class,
      FaultsBench.class
    })
public final class Main implements Runnable {
  private Main() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs one benchmark; the exit code is returned. */
  public static int run(String... args) {
    return new CommandLine(new Main()).execute(args);
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
