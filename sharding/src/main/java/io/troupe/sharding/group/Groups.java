package io.troupe.sharding.group;

import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.LeaseCommand;
import io.troupe.lsm.Store;
import io.troupe.lsm.group.GroupId;
import io.troupe.lsm.group.GroupMessage;
import io.troupe.lsm.group.GroupStore;
import io.troupe.sharding.Entities;
import io.troupe.sharding.NodeRoutes;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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

  private final ActorRef<GroupsCommand> actor;

  private Groups(ActorRef<GroupsCommand> actor) {
    this.actor = actor;
  }

  /** To be called once for a node. */
  public static Groups start(ActorSystem<?> system, NodeId self, Entities entities, Store store) {
    Executor blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
    return new Groups(
        system.systemActorOf(
            Behaviors.setup(
                context ->
                    new Node(
                            context,
                            self,
                            entities,
                            GroupStore.of(store),
                            blocking,
                            new NodeRoutes<>(system, NAME))
                        .behavior()),
            NAME,
            Props.empty()));
  }

  /** Takes part in a group from now on; done when this node's member does. */
  public CompletionStage<Group> join(GroupSpec spec) {
    CompletableFuture<Group> joined = new CompletableFuture<>();
    actor.tell(new GroupsCommand.Join(spec, joined));
    return joined;
  }

  private static final class Node {
    private final ActorContext<GroupsCommand> context;
    private final NodeId self;
    private final Entities entities;
    private final GroupStore store;
    private final Executor blocking;
    private final NodeRoutes<GroupsCommand> routes;
    private final Map<GroupId, ActorRef<GroupCommand>> members = new HashMap<>();

    Node(
        ActorContext<GroupsCommand> context,
        NodeId self,
        Entities entities,
        GroupStore store,
        Executor blocking,
        NodeRoutes<GroupsCommand> routes) {
      this.context = context;
      this.self = self;
      this.entities = entities;
      this.store = store;
      this.blocking = blocking;
      this.routes = routes;
    }

    Behavior<GroupsCommand> behavior() {
      return Behaviors.receive(GroupsCommand.class)
          .onMessage(
              GroupsCommand.Envelope.class,
              e -> {
                ActorRef<GroupCommand> member = members.get(e.group());
                if (member != null) {
                  member.tell(new GroupCommand.Arrived(GroupSpec.member(e.from()), e.message()));
                }
                return Behaviors.same();
              })
          .onMessage(
              GroupsCommand.Join.class,
              join -> {
                join(join);
                return Behaviors.same();
              })
          .build();
    }

    private void join(GroupsCommand.Join join) {
      GroupId id = join.spec().id();
      if (members.containsKey(id)) {
        join.joined()
            .completeExceptionally(
                new IllegalStateException("this node is a member of " + id + " already"));
        return;
      }
      members.put(
          id,
          context.spawn(
              GroupActor.create(
                  join.spec(), self, store, blocking, around(join.spec()), join.joined()),
              "group-" + id.value()));
    }

    /** Called by the members' actors: routes are for each of them. */
    private GroupActor.Around around(GroupSpec spec) {
      return new GroupActor.Around() {
        @Override
        public void send(NodeId to, GroupMessage message) {
          routes.send(to, new GroupsCommand.Envelope(spec.id(), self, message));
        }

        @Override
        public void lease(LeaseCommand command) {
          entities.tell(self, spec.cell(), command);
        }
      };
    }
  }
}
