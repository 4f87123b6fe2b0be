package io.troupe.fuse.ops;

import io.troupe.fuse.transport.Request;

/** READLINK: the target of a symbolic link. */
final class ReadLink implements Operation {
  private final Session session;

  ReadLink(Session session) {
    this.session = session;
  }

  @Override
  public void handle(Request r) {
    r.answer(session.fs().readLink(r.nodeId()), Replies::bytes);
  }
}
