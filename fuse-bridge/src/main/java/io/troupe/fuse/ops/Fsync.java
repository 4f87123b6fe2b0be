package io.troupe.fuse.ops;

import io.troupe.fuse.protocol.HandleIn;
import io.troupe.fuse.transport.Request;

/** FSYNC: fsync(2) and fdatasync(2) of a file. */
final class Fsync implements Operation {
  private final Session session;

  Fsync(Session session) {
    this.session = session;
  }

  @Override
  public void handle(Request r) {
    r.answer(session.fs().fsync(HandleIn.handle(r.memory(), r.body())), Replies.DONE);
  }
}
