package io.troupe.mrc.volume;

import io.troupe.actors.errors.Result;
import io.troupe.actors.volume.CreatedFile;
import io.troupe.actors.volume.OperationId;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.mrc.namespace.NamespaceChange;
import io.troupe.mrc.namespace.Replay;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/** What clients' changes do, and how they are answered. */
final class Changes {
  /** Creates that open what they create concern those who count opens. */
  interface Creates {
    Result<CreatedFile> create(VolumeCommand.CreateFile command, NamespaceChange namespace);

    /** It is durable, or has failed. */
    void created(
        VolumeCommand.CreateFile command, Optional<OperationId> id, Result<CreatedFile> result);
  }

  private final Creates creates;

  Changes(Creates creates) {
    this.creates = creates;
  }

  /**
   * The operation of a command.
   *
   * @param id where its client may ask for it again
   */
  Operation<?> operation(VolumeCommand.Change change, Optional<OperationId> id) {
    return switch (change) {
      case VolumeCommand.CreateFile c ->
          once(
              Operation.growing(
                  n -> creates.create(c, n), result -> creates.created(c, id, result)),
              id,
              Replay.CREATED);
      case VolumeCommand.MakeNode c ->
          growing(
              n -> n.makeNode(c.parent(), c.name(), c.mode(), c.rdev(), c.caller()),
              c.replyTo(),
              id,
              Replay.ATTRIBUTES);
      case VolumeCommand.MakeDirectory c ->
          growing(
              n -> n.makeDirectory(c.parent(), c.name(), c.mode(), c.caller()),
              c.replyTo(),
              id,
              Replay.ATTRIBUTES);
      case VolumeCommand.MakeSymlink c ->
          growing(
              n -> n.makeSymlink(c.parent(), c.name(), c.target(), c.caller()),
              c.replyTo(),
              id,
              Replay.ATTRIBUTES);
      case VolumeCommand.Link c ->
          growing(
              n -> n.link(c.inode(), c.newParent(), c.newName()),
              c.replyTo(),
              id,
              Replay.ATTRIBUTES);
      case VolumeCommand.Rename c ->
          growing(
              n -> n.rename(c.parent(), c.name(), c.newParent(), c.newName(), c.mode()),
              c.replyTo(),
              id,
              Replay.DONE);
      case VolumeCommand.SetAttributes c ->
          growing(n -> n.setAttributes(c.inode(), c.change()), c.replyTo(), id, Replay.ATTRIBUTES);
      case VolumeCommand.ReportSize c ->
          growing(
              n ->
                  n.reportSize(
                      c.inode(), c.truncateEpoch(), c.sizeBytes(), c.mtime(), c.clearPrivileges()),
              c.replyTo(),
              id,
              Replay.ATTRIBUTES);
      case VolumeCommand.SetXattr c ->
          growing(
              n -> n.setXattr(c.inode(), c.name(), c.value(), c.mode()),
              c.replyTo(),
              id,
              Replay.DONE);
      case VolumeCommand.Unlink c ->
          reclaiming(n -> n.unlink(c.parent(), c.name()), c.replyTo(), id, Replay.DONE);
      case VolumeCommand.RemoveDirectory c ->
          reclaiming(n -> n.removeDirectory(c.parent(), c.name()), c.replyTo(), id, Replay.DONE);
      case VolumeCommand.RemoveXattr c ->
          reclaiming(n -> n.removeXattr(c.inode(), c.name()), c.replyTo(), id, Replay.DONE);
    };
  }

  private static <T> Operation<T> growing(
      Function<NamespaceChange, Result<T>> change,
      ActorRef<Result<T>> replyTo,
      Optional<OperationId> id,
      Replay<T> replay) {
    return once(Operation.growing(change, replyTo::tell), id, replay);
  }

  private static <T> Operation<T> reclaiming(
      Function<NamespaceChange, Result<T>> change,
      ActorRef<Result<T>> replyTo,
      Optional<OperationId> id,
      Replay<T> replay) {
    return once(Operation.reclaiming(change, replyTo::tell), id, replay);
  }

  private static <T> Operation<T> once(
      Operation<T> operation, Optional<OperationId> id, Replay<T> replay) {
    return id.map(i -> operation.once(i, replay)).orElse(operation);
  }
}
