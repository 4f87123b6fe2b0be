package io.troupe.fuse.ops;

import io.troupe.fuse.protocol.HandleIn;
import io.troupe.fuse.transport.Request;

/** FLUSH: close(2) of a descriptor; answered when what was written is durable. */
final class Flush implements Operation {
  private final Session session;

  Flush(Session session) {
    this.session = session;
  }

  @Override
  public void handle(Request r) {
    r.answer(session.fs().flush(HandleIn.handle(r.memory(), r.body())), Replies.DONE);
  }
}
