package io.troupe.fuse.ops;

import io.troupe.fuse.protocol.ForgetIn;
import io.troupe.fuse.transport.Request;

/** BATCH_FORGET: {@link Forget} of many inodes. */
final class BatchForget implements Operation {
  private final Session session;

  BatchForget(Session session) {
    this.session = session;
  }

  @Override
  public void handle(Request r) {
    int count = ForgetIn.count(r.memory(), r.body());
    for (int i = 0; i < count; i++) {
      session.pages().forgotten(ForgetIn.nodeId(r.memory(), r.body(), i));
    }
    r.noReply();
  }
}
