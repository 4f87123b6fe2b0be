package io.troupe.node.cli;

import com.typesafe.config.ConfigFactory;
import io.troupe.gateway.client.TroupeVolume;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code troupe rmvol NAME}. */
@Command(
    name = "rmvol",
    description =
        "Remove a volume; one that is not empty only with --force, and then with everything in it.",
    mixinStandardHelpOptions = true)
final class RemoveVolumeCommand implements Callable<Integer> {
  @ParentCommand private @Nullable TroupeCommand parent;
  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "NAME", description = "the volume")
  private String name = "";

  @Option(names = "--force", description = "even if it is not empty")
  private boolean force;

  @Override
  public Integer call() throws InterruptedException {
    try (Outside troupe =
        Outside.connect(cluster, TroupeCommand.of(parent).load(ConfigFactory.empty()))) {
      if (!force) {
        TroupeVolume volume = troupe.await(troupe.client().openVolume(name));
        if (!troupe.await(volume.listAll("/")).isEmpty()) {
          throw new CommandFailure(
              "volume " + name + " is not empty; --force removes it all the same");
        }
      }
      troupe.await(troupe.client().removeVolume(name));
      System.out.println("volume " + name + " removed");
    }
    return 0;
  }
}
