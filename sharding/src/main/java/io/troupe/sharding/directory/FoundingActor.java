package io.troupe.sharding.directory;

import io.troupe.actors.directory.Role;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.serialization.KryoSerializable;
import io.troupe.sharding.Members;
import io.troupe.sharding.NodeRoutes;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;

/**
 * Tells the other nodes with role dir what this one has on disk, and carries out what {@link
 * Founding} says. Goes on to answer when this node takes part: others may have missed it.
 */
final class FoundingActor {
  /** Of the actor of a node with role dir. */
  static final String NAME = "directory-members";

  private static final Duration LOOK = Duration.ofMillis(200);

  sealed interface Command {}

  /**
   * What a node has on disk.
   *
   * @param nodes empty: nothing
   */
  record Standing(NodeId from, List<NodeId> nodes, boolean formed)
      implements Command, KryoSerializable {
    public Standing {
      nodes = List.copyOf(nodes);
    }
  }

  private record Look() implements Command {}

  private record Written(DirectoryMembers members) implements Command {}

  private record Ended(Throwable why) implements Command {}

  private record TakesPart() implements Command {}

  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final NodeId self;
  private final Cluster cluster;
  private final NodeRoutes<Command> routes;
  private final MembersStore store;
  private final Function<List<NodeId>, CompletionStage<?>> takePart;
  private final boolean create;
  private final CompletableFuture<List<NodeId>> done;
  private final Founding founding;
  private Optional<DirectoryMembers> mine;
  private String waitsFor = "";

  /** Something was begun whose end is to be awaited. */
  private boolean busy;

  private FoundingActor(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      NodeId self,
      int replicas,
      boolean create,
      Optional<DirectoryMembers> mine,
      MembersStore store,
      Function<List<NodeId>, CompletionStage<?>> takePart,
      CompletableFuture<List<NodeId>> done) {
    this.context = context;
    this.timers = timers;
    this.self = self;
    this.cluster = Cluster.get(Adapter.toClassic(context.getSystem()));
    this.routes = new NodeRoutes<>(context.getSystem(), NAME);
    this.store = store;
    this.takePart = takePart;
    this.create = create;
    this.mine = mine;
    this.done = done;
    this.founding = new Founding(self, replicas);
  }

  /**
   * The actor of this node.
   *
   * @param create whether a directory may be founded in a cluster that others began
   * @param mine what is on disk
   * @param takePart called once, with the nodes that keep the directory
   * @param done when this node takes part; fails where it cannot
   */
  static Behavior<Command> create(
      NodeId self,
      int replicas,
      boolean create,
      Optional<DirectoryMembers> mine,
      MembersStore store,
      Function<List<NodeId>, CompletionStage<?>> takePart,
      CompletableFuture<List<NodeId>> done) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  context.setLoggerName(FoundingActor.class);
                  return new FoundingActor(
                          context, timers, self, replicas, create, mine, store, takePart, done)
                      .behavior();
                }));
  }

  private Behavior<Command> behavior() {
    timers.startTimerWithFixedDelay(new Look(), Duration.ZERO, LOOK);
    return Behaviors.receiveMessage(
        command -> {
          switch (command) {
            case Look l -> {
              present().forEach(this::tell);
              step();
            }
            case Standing s -> {
              heard(s);
              step();
            }
            case Written(DirectoryMembers members) -> {
              mine = Optional.of(members);
              busy = false;
              step();
            }
            case TakesPart t -> {
              timers.cancelAll();
              done.complete(mine.orElseThrow().nodes());
            }
            case Ended(Throwable why) -> {
              done.completeExceptionally(why);
              return Behaviors.stopped();
            }
          }
          return Behaviors.same();
        });
  }

  private void heard(Standing s) {
    founding.heard(
        s.from(),
        s.nodes().isEmpty()
            ? Optional.empty()
            : Optional.of(new DirectoryMembers(s.nodes(), s.formed())));
    if (done.isDone() && !s.formed()) {
      tell(s.from()); // it will not hear of this node by itself any more
    }
  }

  private void tell(NodeId node) {
    if (!node.equals(self)) {
      routes.send(
          node,
          new Standing(
              self,
              mine.map(DirectoryMembers::nodes).orElse(List.of()),
              mine.map(DirectoryMembers::formed).orElse(false)));
    }
  }

  private void step() {
    if (busy || done.isDone()) {
      return;
    }
    switch (founding.next(mine, present(), create || beganWithTheDirectory())) {
      case Founding.Next.Wait(String what) -> {
        if (!what.equals(waitsFor)) {
          waitsFor = what;
          context.getLog().info("event=waiting for=\"{}\"", what);
        }
      }
      case Founding.Next.Write(DirectoryMembers members) -> {
        busy = true;
        context.pipeToSelf(
            store.write(members),
            (sequence, failure) -> failure == null ? new Written(members) : new Ended(failure));
      }
      case Founding.Next.TakePart(List<NodeId> nodes) -> {
        busy = true;
        context.getLog().info("event=takes-part nodes={}", nodes);
        context.pipeToSelf(
            takePart.apply(nodes),
            (group, failure) -> failure == null ? new TakesPart() : new Ended(failure));
      }
      case Founding.Next.Refuse(String why) ->
          context.getSelf().tell(new Ended(new IllegalStateException(why)));
    }
  }

  private Set<NodeId> present() {
    Set<NodeId> found = new HashSet<>();
    found.add(self);
    for (Member m : cluster.state().getMembers()) {
      if (m.hasRole(Role.DIR.label())
          && !m.status().equals(MemberStatus.down())
          && !m.status().equals(MemberStatus.exiting())) {
        Members.nodeOf(m).ifPresent(found::add);
      }
    }
    return found;
  }

  /** In a cluster that began without them, the nodes of its directory may be away. */
  private boolean beganWithTheDirectory() {
    Optional<Member> oldest = Optional.empty();
    for (Member m : cluster.state().getMembers()) {
      if (oldest.isEmpty() || m.isOlderThan(oldest.get())) {
        oldest = Optional.of(m);
      }
    }
    return oldest.filter(m -> m.hasRole(Role.DIR.label())).isPresent();
  }
}
