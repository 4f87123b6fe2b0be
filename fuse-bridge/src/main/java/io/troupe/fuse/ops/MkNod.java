package io.troupe.fuse.ops;

import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Name;
import io.troupe.fuse.protocol.MknodIn;
import io.troupe.fuse.transport.Answer;
import io.troupe.fuse.transport.Request;

/** MKNOD: a FIFO, socket, device node, or regular file that is not opened. */
final class MkNod implements Operation {
  private final Session session;
  private final Answer<Attributes> entry;

  MkNod(Session session) {
    this.session = session;
    entry = Replies.entry(session);
  }

  @Override
  public void handle(Request r) {
    Name name = Arguments.name(r, MknodIn.BYTES);
    int mode = MknodIn.mode(r.memory(), r.body());
    int rdev = MknodIn.rdev(r.memory(), r.body());
    r.answer(session.fs().makeNode(r.nodeId(), name, mode, rdev, Arguments.caller(r)), entry);
  }
}
