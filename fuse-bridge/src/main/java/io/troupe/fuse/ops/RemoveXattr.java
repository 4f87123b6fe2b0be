package io.troupe.fuse.ops;

import io.troupe.fuse.transport.Request;

/** REMOVEXATTR: removes an extended attribute. */
final class RemoveXattr implements Operation {
  private final Session session;

  RemoveXattr(Session session) {
    this.session = session;
  }

  @Override
  public void handle(Request r) {
    r.answer(session.fs().removeXattr(r.nodeId(), XattrNames.readForChange(r, 0)), Replies.DONE);
  }
}
