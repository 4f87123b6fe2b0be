package io.troupe.fuse.ops;

import io.troupe.actors.fs.Attributes;
import io.troupe.fuse.transport.Answer;
import io.troupe.fuse.transport.Request;

/** GETATTR: attributes of an inode. */
final class GetAttr implements Operation {
  private final Session session;
  private final Answer<Attributes> attributes;

  GetAttr(Session session) {
    this.session = session;
    attributes = Replies.attributes(session);
  }

  @Override
  public void handle(Request r) {
    r.answer(session.fs().getAttributes(r.nodeId()), attributes);
  }
}
