package io.troupe.fuse.ops;

import io.troupe.fuse.protocol.ReadIn;
import io.troupe.fuse.transport.Request;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** READ: straight into the reply. */
final class Read implements Operation {
  private final Session session;

  Read(Session session) {
    this.session = session;
  }

  @Override
  public void handle(Request r) {
    long handle = ReadIn.handle(r.memory(), r.body());
    long offset = ReadIn.offset(r.memory(), r.body());
    int size = Math.min(ReadIn.size(r.memory(), r.body()), Request.MAX_PAYLOAD_BYTES);
    MemorySegment destination = r.memory().asSlice(Request.REPLY_BODY, size);
    r.answer(
        session.fs().read(handle, offset, destination),
        (request, read) -> request.reply(Objects.checkIndex(read, size + 1)));
  }
}
