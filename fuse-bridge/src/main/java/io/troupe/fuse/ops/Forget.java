package io.troupe.fuse.ops;

import io.troupe.fuse.transport.Request;

/**
 * FORGET: the kernel has no use for an inode any more. Lookups are not counted here: what keeps an
 * unlinked file alive is that it is open.
 */
final class Forget implements Operation {
  private final Session session;

  Forget(Session session) {
    this.session = session;
  }

  @Override
  public void handle(Request r) {
    session.pages().forgotten(r.nodeId());
    r.noReply();
  }
}
