package io.troupe.actors.file;

import io.troupe.actors.ask.Refusable;
import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Result;
import io.troupe.actors.session.SessionEvent;
import io.troupe.actors.volume.FileDescription;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What a File entity, the live side of one file, is asked: who has it open, truncation, deletion on
 * the last close. It runs beside the Volume entity of the file's partition.
 */
public sealed interface FileCommand {
  /** What is answered, in the end. */
  sealed interface Asked extends FileCommand, Refusable {}

  /**
   * From the Volume entity: counts one more open of the session. A truncate that was cut short is
   * finished before the answer.
   */
  record Open(ActorRef<SessionEvent> session, ActorRef<Result<FileDescription>> replyTo)
      implements Asked {}

  /** From the Volume entity, which does not count it: takes one open of the session back. */
  record Close(ActorRef<SessionEvent> session, ActorRef<Result<Done>> replyTo) implements Asked {}

  /** Sets the length, on all OSDs and in the namespace; what was cut never shows again. */
  record Truncate(long sizeBytes, ActorRef<Result<FileDescription>> replyTo) implements Asked {}

  /**
   * From the Volume entity, which gives its opens of the file away: they count here from now on.
   *
   * @param opens at least 1
   */
  record Opened(ActorRef<SessionEvent> session, int opens) implements FileCommand {}

  /**
   * From the Volume entity, which has begun anew: the session counts as having it open at least so
   * often, and not once more for each time that this is told.
   *
   * @param opens at least 1
   */
  record Reopened(ActorRef<SessionEvent> session, int opens) implements FileCommand {}

  /** From the Volume entity: the last name is gone; release the inode at the last close, or now. */
  record Unlinked() implements FileCommand {}

  /** Messages of the entity to itself; they never leave its node. */
  non-sealed interface Local extends FileCommand {}
}
