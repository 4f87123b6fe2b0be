package io.troupe.fuse.ops;

import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Name;
import io.troupe.fuse.protocol.Strings;
import io.troupe.fuse.transport.Answer;
import io.troupe.fuse.transport.Request;

/** SYMLINK: a symbolic link. The name comes first, the target second. */
final class Symlink implements Operation {
  private final Session session;
  private final Answer<Attributes> entry;

  Symlink(Session session) {
    this.session = session;
    entry = Replies.entry(session);
  }

  @Override
  public void handle(Request r) {
    Name name = Arguments.name(r, 0);
    byte[] target = Strings.read(r.memory(), r.body() + name.length() + 1, r.end());
    r.answer(session.fs().makeSymlink(r.nodeId(), name, target, Arguments.caller(r)), entry);
  }
}
