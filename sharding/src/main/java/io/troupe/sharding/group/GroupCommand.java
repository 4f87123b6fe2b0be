package io.troupe.sharding.group;

import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.LeaseReply;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.group.GroupMessage;
import io.troupe.lsm.group.GroupStart;
import io.troupe.lsm.replicated.MemberId;
import java.util.concurrent.CompletableFuture;

/** What the actor of one member is told; never leaves the node. */
sealed interface GroupCommand {
  record Arrived(MemberId from, GroupMessage message) implements GroupCommand {}

  record Propose(WriteBatch batch, Epoch epoch, CompletableFuture<Long> done)
      implements GroupCommand {}

  record MoveTo(NodeId node) implements GroupCommand {}

  /** Stops to serve, for others or for a later epoch. */
  record StepDown() implements GroupCommand {}

  record AskApplied(CompletableFuture<Long> answer) implements GroupCommand {}

  /** Of the member's own, to be run on its thread. */
  record Run(Runnable task) implements GroupCommand {}

  record Leased(LeaseReply reply) implements GroupCommand {}

  record Tick() implements GroupCommand {}

  /** To become a candidate for the lease. */
  record Candidate() implements GroupCommand {}

  record Load() implements GroupCommand {}

  record Loaded(GroupStart start) implements GroupCommand {}

  /** It could not be loaded, or could not go on. */
  record Failed(Throwable why) implements GroupCommand {}
}
