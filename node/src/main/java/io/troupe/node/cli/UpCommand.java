package io.troupe.node.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.troupe.actors.directory.Role;
import io.troupe.node.runtime.NodeOptions;
import io.troupe.node.runtime.NodeRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code troupe up}: everything in one process, mounted; the newcomer's command. */
@Command(
    name = "up",
    description =
        "Run all roles in this process, make the volume on first start, mount it. Ctrl-C or SIGTERM unmounts and stops.",
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
  @ParentCommand private @Nullable TroupeCommand parent;

  @Option(names = "--mount", paramLabel = "DIR", required = true, description = "where to mount")
  private Path mount = Path.of("");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "what the node stores (default: $XDG_DATA_HOME/troupe or ~/.local/share/troupe)")
  private @Nullable Path data;

  @Option(
      names = "--volume",
      paramLabel = "NAME",
      description = "volume to mount, made if it does not exist (default: ${DEFAULT-VALUE})")
  private String volume = "home";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "port of the node, 0 for a free one (default: troupe.node.port)")
  private @Nullable Integer port;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Config decided =
        port != null
            ? ConfigFactory.parseMap(Map.of("troupe.node.port", port))
            : ConfigFactory.empty();
    NodeOptions options =
        new NodeOptions(
            EnumSet.allOf(Role.class),
            data == null ? defaultData() : data,
            List.of(),
            TroupeCommand.of(parent).load(decided));
    try (Foreground node = Foreground.of(NodeRuntime.start(options))) {
      node.runtime().makeVolumeIfMissing(volume);
      node.runtime().mount(volume, mount);
      System.out.printf("Volume %s is mounted on %s%n", volume, mount.toAbsolutePath().normalize());
      System.out.printf("Its data is in %s%n", options.data().toAbsolutePath().normalize());
      node.runtime().endWhenUnmounted();
      System.out.printf("Stop with Ctrl-C, or: kill %d%n", ProcessHandle.current().pid());
      node.awaitEnd();
    }
    return 0;
  }

  private static Path defaultData() {
    String xdg = Optional.ofNullable(System.getenv("XDG_DATA_HOME")).orElse("");
    return xdg.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".local", "share", "troupe")
        : Path.of(xdg, "troupe");
  }
}
