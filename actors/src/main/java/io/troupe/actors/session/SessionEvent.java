package io.troupe.actors.session;

import io.troupe.actors.id.FileId;

/** Told to a client's session. */
public sealed interface SessionEvent {
  /**
   * A file that the session holds open is gone with its volume; every further request gets ESTALE.
   */
  record FileGone(FileId file) implements SessionEvent {}
}
