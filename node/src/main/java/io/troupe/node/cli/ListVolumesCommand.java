package io.troupe.node.cli;

import com.typesafe.config.ConfigFactory;
import io.troupe.actors.directory.VolumeRecord;
import io.troupe.actors.id.NodeId;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code troupe lsvol}. */
@Command(name = "lsvol", description = "List the volumes.", mixinStandardHelpOptions = true)
final class ListVolumesCommand implements Callable<Integer> {
  @ParentCommand private @Nullable TroupeCommand parent;
  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Option(names = "--json", description = "for machines")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    try (Outside troupe =
        Outside.connect(cluster, TroupeCommand.of(parent).load(ConfigFactory.empty()))) {
      List<VolumeRecord> volumes = troupe.await(troupe.client().volumes());
      if (json) {
        System.out.println(Json.of(volumes.stream().map(Json::volume).toList()));
      } else {
        System.out.printf(
            "%-24s %-9s %11s %5s  %s%n", "VOLUME", "STATE", "OBJECT SIZE", "WIDTH", "MRCS");
        for (VolumeRecord v : volumes) {
          System.out.printf(
              "%-24s %-9s %11s %5d  %s%n",
              v.name(),
              v.state().name().toLowerCase(Locale.ROOT),
              ByteSize.show(v.policy().striping().objectSizeBytes()),
              v.policy().striping().width(),
              String.join(" ", v.members().stream().map(NodeId::toString).toList()));
        }
      }
    }
    return 0;
  }
}
