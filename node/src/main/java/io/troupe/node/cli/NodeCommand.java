package io.troupe.node.cli;

import com.typesafe.config.ConfigFactory;
import io.troupe.actors.directory.Role;
import io.troupe.node.runtime.NodeOptions;
import io.troupe.node.runtime.NodeRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code troupe node}: one node of a cluster, in the foreground. */
@Command(
    name = "node",
    description = "Run one node of a cluster with the given roles. Ctrl-C or SIGTERM stops it.",
    mixinStandardHelpOptions = true)
final class NodeCommand implements Callable<Integer> {
  @ParentCommand private @Nullable TroupeCommand parent;

  @Option(
      names = "--roles",
      paramLabel = "ROLE",
      required = true,
      split = ",",
      description = "what the node does: ${COMPLETION-CANDIDATES}")
  private List<Role> roles = List.of();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "what the node stores")
  private Path data = Path.of("");

  @Option(
      names = "--seed",
      paramLabel = "HOST:PORT",
      description =
          "a node to join the cluster through; repeatable; none: this node begins a cluster")
  private List<String> seeds = new ArrayList<>();

  @Option(names = "--host", paramLabel = "HOST", description = "address that others reach it by")
  private @Nullable String host;

  @Option(names = "--port", paramLabel = "PORT", description = "its port, 0 for a free one")
  private @Nullable Integer port;

  @Option(
      names = "--mount",
      paramLabel = "VOLUME=DIR",
      description = "mount a volume; repeatable; needs role gateway")
  private Map<String, Path> mounts = Map.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!mounts.isEmpty() && !roles.contains(Role.GATEWAY)) {
      throw new CommandFailure("--mount needs role gateway");
    }
    Map<String, Object> decided = new HashMap<>();
    if (host != null) {
      decided.put("troupe.node.host", host);
    }
    if (port != null) {
      decided.put("troupe.node.port", port);
    }
    NodeOptions options =
        new NodeOptions(
            EnumSet.copyOf(roles),
            data,
            seeds,
            TroupeCommand.of(parent).load(ConfigFactory.parseMap(decided)));
    try (Foreground node = Foreground.of(NodeRuntime.start(options))) {
      for (Map.Entry<String, Path> m : mounts.entrySet()) {
        node.runtime().mount(m.getKey(), m.getValue());
        System.out.printf(
            "Volume %s is mounted on %s%n", m.getKey(), m.getValue().toAbsolutePath().normalize());
      }
      System.out.printf(
          "Node %s is running with roles %s on %s%n",
          node.runtime().node(),
          String.join(",", roles.stream().map(Role::label).toList()),
          node.runtime().address());
      System.out.printf("Stop with Ctrl-C, or: kill %d%n", ProcessHandle.current().pid());
      node.awaitEnd();
    }
    return 0;
  }
}
