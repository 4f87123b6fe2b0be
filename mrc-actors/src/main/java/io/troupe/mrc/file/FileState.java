package io.troupe.mrc.file;

import io.troupe.actors.serialization.KryoSerializable;
import io.troupe.actors.session.SessionEvent;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Who has the file open; kept only where memory alone would not do: while it has no name, and while
 * the entity is passivated.
 */
public record FileState(List<Holder> holders) implements KryoSerializable {
  static final FileState EMPTY = new FileState(List.of());

  /**
   * A session with its opens.
   *
   * @param opens at least 1
   */
  public record Holder(ActorRef<SessionEvent> session, int opens) implements KryoSerializable {}

  public FileState {
    holders = List.copyOf(holders);
  }
}
