package io.troupe.fuse.ops;

import io.troupe.fuse.transport.Request;

/** RELEASEDIR: see {@link OpenDir}. */
final class ReleaseDir implements Operation {
  @Override
  public void handle(Request r) {
    r.replyDone();
  }
}
