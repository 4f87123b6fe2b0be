package io.troupe.mrc;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.volume.VolumeCommand;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Of volumes that this node has not heard of: so new that it will in a moment, or gone. */
final class Unknown {
  private Unknown() {}

  static Behavior<VolumeCommand> volume(PartitionId partition) {
    return Behaviors.receiveMessage(
        command -> {
          if (command instanceof VolumeCommand.Asked asked) {
            asked.refuse(Errno.EAGAIN, "the DIR has not told of the volume of " + partition);
          }
          return Behaviors.stopped();
        });
  }

  static Behavior<FileCommand> file(FileId file) {
    return Behaviors.receiveMessage(
        command -> {
          if (command instanceof FileCommand.Asked asked) {
            asked.refuse(Errno.EAGAIN, "the DIR has not told of the volume of " + file);
          }
          return Behaviors.stopped();
        });
  }
}
