package io.troupe.fuse.ops;

import io.troupe.fuse.transport.Request;

/** DESTROY: the last request of some mounts; the channel ends after it. */
final class Destroy implements Operation {
  @Override
  public void handle(Request r) {
    r.replyDone();
  }
}
