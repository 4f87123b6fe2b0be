package io.troupe.bench.leases;

import io.troupe.bench.report.Contest;
import io.troupe.bench.report.RunOptions;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench leases}: what three nodes can negotiate, and what many live leases cost. */
@Command(
    name = "leases",
    description =
        "Leases of three nodes in this process: the bare protocol and its actors, beside actors that exchange as many"
            + " messages and do nothing.",
    mixinStandardHelpOptions = true)
public final class LeasesBench implements Callable<Integer> {
  @Mixin private RunOptions options = new RunOptions();

  @Option(
      names = "--cells",
      paramLabel = "N",
      description = "leases that are kept alive (default: ${DEFAULT-VALUE})")
  private int cells = 10_000;

  @Option(
      names = "--lease",
      paramLabel = "S",
      description = "how long a lease lasts, in seconds (default: ${DEFAULT-VALUE})")
  private int leaseSeconds = 15;

  @Override
  public Integer call() throws Exception {
    System.setProperty("troupe.log.level", System.getProperty("troupe.log.level", "WARN"));
    Duration limit = options.limit(2);
    Trio trio = new Trio(leaseSeconds, cells);
    try (BareActors bare = new BareActors();
        LeaseActors negotiating = new LeaseActors("negotiating", trio);
        LeaseActors keeping = new LeaseActors("keeping", trio)) {
      Contest contest = new Contest("leases", "bare actors", "protocol", "lease actors");
      contest.add(
          "won and given back",
          () -> bare.negotiate(limit),
          () -> BareProtocol.negotiate(trio, limit),
          () -> negotiating.negotiate(limit));
      contest.add(
          cells + " leases of " + leaseSeconds + " s",
          () -> bare.keep(trio, limit),
          () -> BareProtocol.keep(trio, limit),
          () -> keeping.keep(limit));
      options.run(contest, true);
    }
    return 0;
  }
}
