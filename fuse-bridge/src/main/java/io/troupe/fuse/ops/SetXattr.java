package io.troupe.fuse.ops;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.fs.Name;
import io.troupe.actors.volume.XattrMode;
import io.troupe.fuse.protocol.InitFlags;
import io.troupe.fuse.protocol.XattrIn;
import io.troupe.fuse.transport.Request;
import java.lang.foreign.ValueLayout;

/** SETXATTR: sets an extended attribute. */
final class SetXattr implements Operation {
  private final Session session;
  private final Init init;

  SetXattr(Session session, Init init) {
    this.session = session;
    this.init = init;
  }

  @Override
  public void handle(Request r) {
    int nameAt = init.agreed(InitFlags.SETXATTR_EXT) ? XattrIn.SET_BYTES : XattrIn.SET_BYTES_OLD;
    Name name = XattrNames.readForChange(r, nameAt);
    int size = XattrIn.size(r.memory(), r.body());
    long valueAt = r.body() + nameAt + name.length() + 1;
    if (size < 0 || valueAt + size > r.end()) {
      r.fail(Errno.EINVAL);
      return;
    }
    byte[] value = r.memory().asSlice(valueAt, size).toArray(ValueLayout.JAVA_BYTE);
    switch (XattrIn.flags(r.memory(), r.body())) {
      case 0 -> set(r, name, value, XattrMode.SET);
      case XattrIn.CREATE -> set(r, name, value, XattrMode.CREATE);
      case XattrIn.REPLACE -> set(r, name, value, XattrMode.REPLACE);
      default -> r.fail(Errno.EINVAL);
    }
  }

  private void set(Request r, Name name, byte[] value, XattrMode mode) {
    r.answer(session.fs().setXattr(r.nodeId(), name, value, mode), Replies.DONE);
  }
}
