package io.troupe.fuse.ops;

import io.troupe.fuse.protocol.HandleIn;
import io.troupe.fuse.transport.Request;

/** RELEASE: the last reference to a handle is gone. Nobody sees how it ends. */
final class Release implements Operation {
  private final Session session;

  Release(Session session) {
    this.session = session;
  }

  @Override
  public void handle(Request r) {
    long handle = HandleIn.handle(r.memory(), r.body());
    session.openFiles().released(handle);
    session.pages().released(r.nodeId(), handle);
    r.answer(session.fs().release(handle), Replies.DONE);
  }
}
