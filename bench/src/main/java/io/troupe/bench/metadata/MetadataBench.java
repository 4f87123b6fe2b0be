package io.troupe.bench.metadata;

import com.typesafe.config.ConfigFactory;
import io.troupe.actors.directory.Role;
import io.troupe.bench.report.Contest;
import io.troupe.bench.report.DirectoryOption;
import io.troupe.bench.report.RunOptions;
import io.troupe.bench.report.Scratch;
import io.troupe.node.config.Configuration;
import io.troupe.node.runtime.NodeOptions;
import io.troupe.node.runtime.NodeRuntime;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bench metadata}: what the way through actors, namespace and journal adds to a commit. */
@Command(
    name = "metadata",
    description =
        "Operations of one Volume through the Java client of a node in this process, beside commits of as many"
            + " records by the bare engine.",
    mixinStandardHelpOptions = true)
public final class MetadataBench implements Callable<Integer> {
  private static final int[] IN_FLIGHT = {1, 4, 64};

  @Mixin private RunOptions options = new RunOptions();
  @Mixin private DirectoryOption directory = new DirectoryOption();

  @Override
  public Integer call() throws Exception {
    // One line an event about the node's life is no part of the result.
    System.setProperty("troupe.log.level", System.getProperty("troupe.log.level", "WARN"));
    Duration limit = options.limit(0.4);
    try (Scratch scratch = directory.scratch();
        EngineLimit engine = EngineLimit.open(scratch.resolve("engine"));
        NodeRuntime node = NodeRuntime.start(node(scratch))) {
      Contest contest = new Contest("metadata", "engine alone", "Volume");
      for (int inFlight : IN_FLIGHT) {
        VolumeFiles in = VolumeFiles.of(node.client(), inFlight, limit);
        String suffix = ", " + inFlight + " in flight";
        contest.add("create" + suffix, () -> engine.commits(inFlight, limit), in::create);
        contest.add("stat" + suffix, () -> engine.gets(limit), in::stat);
        contest.add("rename" + suffix, () -> engine.commits(inFlight, limit), in::rename);
        contest.add("unlink" + suffix, () -> engine.commits(inFlight, limit), in::unlink);
      }
      options.run(contest, true);
    }
    return 0;
  }

  private static NodeOptions node(Scratch scratch) {
    return new NodeOptions(
        EnumSet.allOf(Role.class),
        scratch.resolve("node"),
        List.of(),
        Configuration.load(
            Optional.empty(), Map.of("troupe.node.port", "0"), ConfigFactory.empty()));
  }
}
