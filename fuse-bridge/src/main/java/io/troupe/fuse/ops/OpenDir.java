package io.troupe.fuse.ops;

import io.troupe.fuse.protocol.OpenOut;
import io.troupe.fuse.transport.Request;

/** OPENDIR: nothing to remember, since listings go on from cookies. */
final class OpenDir implements Operation {
  @Override
  public void handle(Request r) {
    OpenOut.write(r.memory(), Request.REPLY_BODY, 0, 0);
    r.reply(OpenOut.BYTES);
  }
}
