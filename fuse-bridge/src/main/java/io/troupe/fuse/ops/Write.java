package io.troupe.fuse.ops;

import io.troupe.actors.errors.Errno;
import io.troupe.fuse.protocol.WriteIn;
import io.troupe.fuse.transport.Request;
import java.lang.foreign.MemorySegment;

/** WRITE: straight from the request. */
final class Write implements Operation {
  private final Session session;

  Write(Session session) {
    this.session = session;
  }

  @Override
  public void handle(Request r) {
    MemorySegment m = r.memory();
    long payload = r.body() + WriteIn.BYTES;
    int size = WriteIn.size(m, r.body());
    if (size < 0 || payload + size > r.end()) {
      r.fail(Errno.EINVAL);
      return;
    }
    r.answer(
        session
            .fs()
            .write(
                WriteIn.handle(m, r.body()),
                WriteIn.offset(m, r.body()),
                m.asSlice(payload, size),
                WriteIn.killsPrivileges(m, r.body())),
        Write::reply);
  }

  private static void reply(Request r, int written) {
    WriteIn.writeReply(r.memory(), Request.REPLY_BODY, written);
    r.reply(WriteIn.REPLY_BYTES);
  }
}
