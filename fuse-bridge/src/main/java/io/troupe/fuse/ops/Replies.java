package io.troupe.fuse.ops;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.fs.Attributes;
import io.troupe.fuse.protocol.AttrOut;
import io.troupe.fuse.protocol.EntryOut;
import io.troupe.fuse.protocol.XattrIn;
import io.troupe.fuse.transport.Answer;
import io.troupe.fuse.transport.Request;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The replies that several operations give. */
final class Replies {
  /** Nothing to say but that it is done. */
  static final Answer<Done> DONE = (r, done) -> r.replyDone();

  // XATTR_SIZE_MAX and XATTR_LIST_MAX of limits.h.
  private static final int MAX_XATTR_BYTES = 1 << 16;

  private Replies() {}

  static Answer<Attributes> entry(Session session) {
    Caching caching = session.caching();
    return (r, a) -> {
      session.attributes().given(a);
      EntryOut.write(r.memory(), Request.REPLY_BODY, a, caching.entries(), caching.attributes());
      r.reply(EntryOut.BYTES);
    };
  }

  static Answer<Attributes> attributes(Session session) {
    Caching caching = session.caching();
    return (r, a) -> {
      session.attributes().given(a);
      AttrOut.write(r.memory(), Request.REPLY_BODY, a, caching.attributes());
      r.reply(AttrOut.BYTES);
    };
  }

  static void bytes(Request r, byte[] bytes) {
    MemorySegment.copy(
        bytes, 0, r.memory(), ValueLayout.JAVA_BYTE, Request.REPLY_BODY, bytes.length);
    r.reply(bytes.length);
  }

  /** A value of getxattr(2) or listxattr(2), or its size where {@code room} is 0. */
  static void xattr(Request r, byte[] value, int room) {
    if (value.length > MAX_XATTR_BYTES) {
      r.fail(Errno.ERANGE);
    } else if (room == 0) {
      XattrIn.writeSizeReply(r.memory(), Request.REPLY_BODY, value.length);
      r.reply(XattrIn.SIZE_REPLY_BYTES);
    } else if (value.length > room) {
      r.fail(Errno.ERANGE);
    } else {
      bytes(r, value);
    }
  }
}
