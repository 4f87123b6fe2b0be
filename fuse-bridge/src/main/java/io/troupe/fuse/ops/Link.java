package io.troupe.fuse.ops;

import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Name;
import io.troupe.fuse.protocol.LinkIn;
import io.troupe.fuse.transport.Answer;
import io.troupe.fuse.transport.Request;

/** LINK: one more name of an inode. */
final class Link implements Operation {
  private final Session session;
  private final Answer<Attributes> entry;

  Link(Session session) {
    this.session = session;
    entry = Replies.entry(session);
  }

  @Override
  public void handle(Request r) {
    Name name = Arguments.name(r, LinkIn.BYTES);
    r.answer(session.fs().link(LinkIn.inode(r.memory(), r.body()), r.nodeId(), name), entry);
  }
}
