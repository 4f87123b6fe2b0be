package io.troupe.fuse.ops;

import io.troupe.fuse.transport.Request;

/** UNLINK: a name of anything but a directory. */
final class Unlink implements Operation {
  private final Session session;

  Unlink(Session session) {
    this.session = session;
  }

  @Override
  public void handle(Request r) {
    r.answer(session.fs().unlink(r.nodeId(), Arguments.name(r, 0)), Replies.DONE);
  }
}
