package io.troupe.fuse.ops;

import io.troupe.actors.fs.Name;
import io.troupe.actors.volume.RenameMode;
import io.troupe.fuse.protocol.RenameIn;
import io.troupe.fuse.transport.Request;

/** RENAME: without flags. */
final class Rename implements Operation {
  private final Session session;

  Rename(Session session) {
    this.session = session;
  }

  @Override
  public void handle(Request r) {
    carryOut(session, r, RenameIn.BYTES, RenameMode.REPLACE);
  }

  static void carryOut(Session session, Request r, int namesAt, RenameMode mode) {
    long newParent = RenameIn.newDirectory(r.memory(), r.body());
    Name name = Arguments.name(r, namesAt);
    Name newName = Arguments.secondName(r, namesAt, name);
    r.answer(session.fs().rename(r.nodeId(), name, newParent, newName, mode), Replies.DONE);
  }
}
