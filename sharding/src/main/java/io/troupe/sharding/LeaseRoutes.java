package io.troupe.sharding;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.LeaseBatch;
import io.troupe.actors.lease.LeaseNodeCommand;
import io.troupe.lease.LeaseEntity;
import io.troupe.lease.LeaseNodeActor;
import io.troupe.lease.LeasePeers;
import org.apache.pekko.actor.typed.ActorSystem;

/** The way to the leases of other nodes. */
final class LeaseRoutes implements LeasePeers {
  private final NodeId self;
  private final Entities entities;
  private final NodeRoutes<LeaseNodeCommand> routes;

  LeaseRoutes(ActorSystem<?> system, NodeId self, Entities entities) {
    this.self = self;
    this.entities = entities;
    this.routes = new NodeRoutes<>(system, LeaseNodeActor.NAME);
  }

  @Override
  public void send(NodeId to, LeaseBatch batch) {
    routes.send(to, batch);
  }

  @Override
  public void wake(CellId cell) {
    entities.tell(self, cell, new LeaseEntity.Participate());
  }
}
