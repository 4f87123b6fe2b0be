package io.troupe.fuse.ops;

import io.troupe.fuse.transport.Request;

/** RMDIR: an empty directory. */
final class RmDir implements Operation {
  private final Session session;

  RmDir(Session session) {
    this.session = session;
  }

  @Override
  public void handle(Request r) {
    r.answer(session.fs().removeDirectory(r.nodeId(), Arguments.name(r, 0)), Replies.DONE);
  }
}
