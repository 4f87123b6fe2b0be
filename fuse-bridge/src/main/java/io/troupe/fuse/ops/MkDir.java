package io.troupe.fuse.ops;

import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Name;
import io.troupe.fuse.protocol.MkdirIn;
import io.troupe.fuse.transport.Answer;
import io.troupe.fuse.transport.Request;

/** MKDIR: a directory. */
final class MkDir implements Operation {
  private final Session session;
  private final Answer<Attributes> entry;

  MkDir(Session session) {
    this.session = session;
    entry = Replies.entry(session);
  }

  @Override
  public void handle(Request r) {
    Name name = Arguments.name(r, MkdirIn.BYTES);
    int permissions = Arguments.permissions(MkdirIn.mode(r.memory(), r.body()));
    r.answer(session.fs().makeDirectory(r.nodeId(), name, permissions, Arguments.caller(r)), entry);
  }
}
