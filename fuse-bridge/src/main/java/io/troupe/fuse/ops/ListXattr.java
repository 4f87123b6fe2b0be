package io.troupe.fuse.ops;

import io.troupe.actors.fs.Name;
import io.troupe.fuse.protocol.XattrIn;
import io.troupe.fuse.transport.Request;
import java.util.List;

/** LISTXATTR: names of extended attributes, or the size of the list. */
final class ListXattr implements Operation {
  private final Session session;

  ListXattr(Session session) {
    this.session = session;
  }

  @Override
  public void handle(Request r) {
    int room = XattrIn.size(r.memory(), r.body());
    r.answer(
        session.fs().listXattrs(r.nodeId()),
        (request, names) -> Replies.xattr(request, terminated(names), room));
  }

  /** One behind the other, a NUL after each. */
  private static byte[] terminated(List<Name> names) {
    int length = 0;
    for (Name name : names) {
      length += name.length() + 1;
    }
    byte[] list = new byte[length];
    int at = 0;
    for (Name name : names) {
      System.arraycopy(name.bytes(), 0, list, at, name.length());
      at += name.length() + 1;
    }
    return list;
  }
}
