package io.troupe.node.cli;

import com.typesafe.config.ConfigFactory;
import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.directory.Role;
import io.troupe.actors.directory.ServiceStatus;
import io.troupe.actors.directory.VolumeRecord;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code troupe status}. */
@Command(
    name = "status",
    description = "Show nodes, roles, volumes and capacity.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @ParentCommand private @Nullable TroupeCommand parent;
  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Option(names = "--json", description = "for machines")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    try (Outside troupe =
        Outside.connect(cluster, TroupeCommand.of(parent).load(ConfigFactory.empty()))) {
      DirectoryView view = troupe.await(troupe.client().status());
      if (json) {
        System.out.println(
            Json.of(
                Map.of(
                    "services", view.services().stream().map(Json::service).toList(),
                    "volumes", view.volumes().stream().map(Json::volume).toList())));
      } else {
        print(view);
      }
    }
    return 0;
  }

  private static void print(DirectoryView view) {
    System.out.printf(
        "%-36s  %-7s  %-21s  %-20s %10s %10s%n",
        "NODE", "STATUS", "ADDRESS", "ROLES", "CAPACITY", "FREE");
    for (ServiceStatus s : view.services()) {
      System.out.printf(
          "%-36s  %-7s  %-21s  %-20s %10s %10s%n",
          s.record().node(),
          s.online() ? "online" : "offline",
          s.record().address(),
          String.join(",", s.record().roles().stream().map(Role::label).toList()),
          ByteSize.show(s.record().capacityBytes()),
          ByteSize.show(s.record().freeBytes()));
    }
    System.out.println();
    System.out.println(
        "volumes: " + String.join(", ", view.volumes().stream().map(VolumeRecord::name).toList()));
  }
}
