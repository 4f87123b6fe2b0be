package io.troupe.node.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of the other members, kept in a file: a node that is started without seeds, since
 * it began the cluster, finds the cluster again after a restart instead of beginning a second one.
 */
final class Peers {
  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

  private final Path file;

  Peers(Path file) {
    this.file = file;
  }

  List<String> read() throws IOException {
    return Files.exists(file)
        ? Files.readAllLines(file).stream().filter(l -> !l.isBlank()).toList()
        : List.of();
  }

  /** Keeps the file up to date from now on. */
  void follow(Cluster cluster) {
    ActorSystem<Void> system = Adapter.toTyped(cluster.system());
    system.systemActorOf(watcher(cluster), "peers", org.apache.pekko.actor.typed.Props.empty());
  }

  private Behavior<ClusterEvent.MemberEvent> watcher(Cluster cluster) {
    return Behaviors.setup(
        context -> {
          cluster.subscribe(
              Adapter.toClassic(context.getSelf()),
              ClusterEvent.initialStateAsEvents(),
              ClusterEvent.MemberEvent.class);
          write(cluster);
          return Behaviors.receive(ClusterEvent.MemberEvent.class)
              .onAnyMessage(
                  e -> {
                    write(cluster);
                    return Behaviors.same();
                  })
              .build();
        });
  }

  private void write(Cluster cluster) {
    StringBuilder lines = new StringBuilder();
    cluster
        .state()
        .getMembers()
        .forEach(
            m -> {
              if (!m.address().equals(cluster.selfAddress())) {
                lines.append(m.address().hostPort().replaceFirst("^.*@", "")).append('\n');
              }
            });
    try {
      Path draft = file.resolveSibling("peers.new");
      Files.writeString(draft, lines);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.warn("file={} event=not-written", file, e);
    }
  }
}
