package io.troupe.actors.replica;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.ReplicaLocation;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What a Replica entity, the single writer of one file's objects on one OSD, is asked beside the
 * reads and writes that come over the object stream.
 */
public sealed interface ReplicaCommand {
  /**
   * Answers once everything that this incarnation of the replica acknowledged to any client before
   * is on stable storage. What an earlier one acknowledged and did not sync is lost; it is for
   * whoever wrote it to compare.
   */
  record Sync(ActorRef<Result<Synced>> replyTo) implements ReplicaCommand {}

  /**
   * Cuts objects, or parts of them, behind the file's new end. Durable when answered. An epoch that
   * is not newer than the replica's own changes nothing and succeeds: a repetition.
   *
   * @param sizeBytes of the whole file
   */
  record Truncate(
      int truncateEpoch, long sizeBytes, ReplicaLocation location, ActorRef<Result<Done>> replyTo)
      implements ReplicaCommand {}

  /** Removes all objects; durable when answered. A replica that has none succeeds. */
  record Delete(ActorRef<Result<Done>> replyTo) implements ReplicaCommand {}

  record Describe(ActorRef<Result<ReplicaDescription>> replyTo) implements ReplicaCommand {}

  /** Messages that never leave the OSD's node: object requests with their buffers, completions. */
  non-sealed interface Local extends ReplicaCommand {}
}
