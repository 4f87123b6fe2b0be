package io.troupe.actors.directory;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Result;
import io.troupe.actors.volume.VolumePolicy;
import org.apache.pekko.actor.typed.ActorRef;

/** What the DIR is asked: registry of services, catalog of volumes. */
public sealed interface DirectoryCommand {
  /** Registers the node, or renews its registration; sent every second. */
  record Heartbeat(ServiceRecord service, ActorRef<DirectoryView> replyTo)
      implements DirectoryCommand {}

  record GetView(ActorRef<DirectoryView> replyTo) implements DirectoryCommand {}

  /**
   * Makes a volume and answers when it can be used.
   *
   * @param name 1..255 bytes of UTF-8 without slash, control characters or '@'; EEXIST where it is
   *     taken, ENOENT where the volume was removed before it could be used, EAGAIN where too few
   *     OSDs or MRCs are online or too much is under way
   * @param metadataReplicas on how many MRCs its metadata are kept, 1..7; EINVAL where there are
   *     not so many
   */
  record CreateVolume(
      String name,
      VolumePolicy policy,
      int metadataReplicas,
      ActorRef<Result<VolumeRecord>> replyTo)
      implements DirectoryCommand {}

  /**
   * Removes a volume with everything in it. ENOENT where there is none of that name, EAGAIN where
   * too many wait for that already.
   */
  record RemoveVolume(String name, ActorRef<Result<Done>> replyTo) implements DirectoryCommand {}

  /** Messages of the entity to itself; they never leave its node. */
  non-sealed interface Local extends DirectoryCommand {}
}
