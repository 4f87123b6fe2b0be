package io.troupe.sharding.group;

import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.LeaseCommand;
import io.troupe.lsm.Store;
import io.troupe.lsm.group.GroupId;
import io.troupe.lsm.group.GroupMessage;
import io.troupe.lsm.group.GroupStore;
import io.troupe.sharding.Entities;
import io.troupe.sharding.NodeRoutes;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** The groups that this node is a member of, over its one store. Thread-safe. */
public final class Groups {
  /** Of the actor that takes what other nodes' members send. */
  private static final String NAME = "groups";

  /**
   * Members share threads with the shards and what these persist: each hand-over from one pool to
   * another is a thread to be woken.
   */
  private static final String DISPATCHER = "pekko.cluster.sharding.use-dispatcher";

  private final ActorRef<GroupsCommand> actor;
  private final Map<GroupId, Group> joined;

  private Groups(ActorRef<GroupsCommand> actor, Map<GroupId, Group> joined) {
    this.actor = actor;
    this.joined = joined;
  }

  /** To be called once for a node. */
  public static Groups start(ActorSystem<?> system, NodeId self, Entities entities, Store store) {
    Executor blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
    Map<GroupId, Group> joined = new ConcurrentHashMap<>();
    ActorRef<GroupsCommand> actor =
        system.systemActorOf(
            Behaviors.setup(
                context ->
                    new Node(
                            context,
                            self,
                            entities,
                            GroupStore.of(store),
                            blocking,
                            new NodeRoutes<>(system, NAME),
                            joined)
                        .behavior()),
            NAME,
            onSharedThreads(system));
    entities.masters().begin((group, members) -> actor.tell(new GroupsCommand.Ask(group, members)));
    return new Groups(actor, joined);
  }

  private static Props onSharedThreads(ActorSystem<?> system) {
    String dispatcher = system.settings().config().getString(DISPATCHER);
    return dispatcher.isEmpty()
        ? Props.empty()
        : Props.empty().withDispatcherFromConfig(dispatcher);
  }

  /** This node's member of a group; empty until it has joined. */
  public Optional<Group> member(GroupId group) {
    return Optional.ofNullable(joined.get(group));
  }

  /**
   * Takes part in a group from now on; done when this node's member does.
   *
   * @param onServing run each time that the member begins to serve; must not block
   */
  public CompletionStage<Group> join(GroupSpec spec, Runnable onServing) {
    CompletableFuture<Group> done = new CompletableFuture<>();
    actor.tell(new GroupsCommand.Join(spec, onServing, done));
    return done;
  }

  private static final class Node {
    private final ActorContext<GroupsCommand> context;
    private final NodeId self;
    private final Entities entities;
    private final GroupStore store;
    private final Executor blocking;
    private final NodeRoutes<GroupsCommand> routes;
    private final Map<GroupId, Group> joined;
    private final Map<GroupId, ActorRef<GroupCommand>> members = new HashMap<>();

    Node(
        ActorContext<GroupsCommand> context,
        NodeId self,
        Entities entities,
        GroupStore store,
        Executor blocking,
        NodeRoutes<GroupsCommand> routes,
        Map<GroupId, Group> joined) {
      this.context = context;
      this.self = self;
      this.entities = entities;
      this.store = store;
      this.blocking = blocking;
      this.routes = routes;
      this.joined = joined;
    }

    Behavior<GroupsCommand> behavior() {
      return Behaviors.receiveMessage(
          command -> {
            switch (command) {
              case GroupsCommand.Envelope e -> {
                ActorRef<GroupCommand> member = members.get(e.group());
                if (member != null) {
                  member.tell(new GroupCommand.Arrived(GroupSpec.member(e.from()), e.message()));
                }
              }
              case GroupsCommand.Join join -> join(join);
              case GroupsCommand.Ask(GroupId group, List<NodeId> nodes) ->
                  nodes.forEach(n -> routes.send(n, new GroupsCommand.WhoServes(group, self)));
              case GroupsCommand.WhoServes who -> answer(who);
              case GroupsCommand.Announce(GroupId group, long epoch) ->
                  routes.sendAll(new GroupsCommand.Serves(group, self, epoch));
              case GroupsCommand.Serves(GroupId group, NodeId node, long epoch) ->
                  entities.masters().heard(group, node, epoch);
            }
            return Behaviors.same();
          });
    }

    private void answer(GroupsCommand.WhoServes who) {
      Group group = joined.get(who.group());
      Mastership mastership = group == null ? Mastership.NONE : group.mastership();
      if (mastership.isValid(Instant.now())) {
        routes.send(
            who.from(), new GroupsCommand.Serves(who.group(), self, mastership.epoch().number()));
      }
    }

    private void join(GroupsCommand.Join join) {
      GroupId id = join.spec().id();
      if (members.containsKey(id)) {
        join.joined()
            .completeExceptionally(
                new IllegalStateException("this node is a member of " + id + " already"));
        return;
      }
      var unused = join.joined().thenAccept(group -> joined.put(id, group));
      members.put(
          id,
          context.spawn(
              GroupActor.create(
                  join.spec(),
                  self,
                  store,
                  blocking,
                  around(join.spec(), join.onServing()),
                  join.joined()),
              "group-" + id.value(),
              Props.empty().withDispatcherSameAsParent()));
    }

    /** Called by the members' actors: routes are for each of them. */
    private GroupActor.Around around(GroupSpec spec, Runnable onServing) {
      ActorRef<GroupsCommand> me = context.getSelf();
      return new GroupActor.Around() {
        @Override
        public void send(NodeId to, GroupMessage message) {
          routes.send(to, new GroupsCommand.Envelope(spec.id(), self, message));
        }

        @Override
        public void lease(LeaseCommand command) {
          entities.tell(self, spec.cell(), command);
        }

        @Override
        public void serving(Mastership mastership) {
          me.tell(new GroupsCommand.Announce(spec.id(), mastership.epoch().number()));
          onServing.run();
        }
      };
    }
  }
}
