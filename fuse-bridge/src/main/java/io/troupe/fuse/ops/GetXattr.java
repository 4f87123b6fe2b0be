package io.troupe.fuse.ops;

import io.troupe.actors.fs.Name;
import io.troupe.fuse.protocol.XattrIn;
import io.troupe.fuse.transport.Request;
import java.nio.charset.StandardCharsets;

/** GETXATTR: an extended attribute, or its size. */
final class GetXattr implements Operation {
  private final Session session;

  GetXattr(Session session) {
    this.session = session;
  }

  @Override
  public void handle(Request r) {
    Name name = XattrNames.read(r, XattrIn.GET_BYTES);
    int room = XattrIn.size(r.memory(), r.body());
    if (name.equals(XattrNames.INFO)) {
      r.answer(
          session.fs().describe(r.nodeId()),
          (request, text) -> Replies.xattr(request, text.getBytes(StandardCharsets.UTF_8), room));
    } else {
      r.answer(
          session.fs().getXattr(r.nodeId(), name),
          (request, value) -> Replies.xattr(request, value, room));
    }
  }
}
