package io.troupe.fuse.ops;

import io.troupe.fuse.transport.Request;

/** FSYNCDIR: fsync(2) of a directory. */
final class FsyncDir implements Operation {
  private final Session session;

  FsyncDir(Session session) {
    this.session = session;
  }

  @Override
  public void handle(Request r) {
    r.answer(session.fs().fsyncDirectory(r.nodeId()), Replies.DONE);
  }
}
