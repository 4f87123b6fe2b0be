package io.troupe.fuse.ops;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.FsException;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.FileType;
import io.troupe.actors.fs.Name;
import io.troupe.fuse.protocol.Strings;
import io.troupe.fuse.transport.Request;

/** Takes out of requests what many operations have. */
final class Arguments {
  private static final int SETUID_SETGID = 06000;

  private Arguments() {}

  /**
   * The name at an offset behind the request's header.
   *
   * @throws FsException ENAMETOOLONG; the kernel itself lets 1024 bytes pass
   */
  static Name name(Request r, int offset) {
    byte[] bytes = Strings.read(r.memory(), r.body() + offset, r.end());
    if (bytes.length > Name.MAX_BYTES) {
      throw new FsException(Errno.ENAMETOOLONG, "");
    }
    return Name.of(bytes);
  }

  /** The name behind that one. */
  static Name secondName(Request r, int offset, Name first) {
    return name(r, offset + first.length() + 1);
  }

  static Caller caller(Request r) {
    return new Caller(r.uid(), r.gid());
  }

  static int permissions(int mode) {
    return mode & FileType.PERMISSION_MASK;
  }

  static boolean isPrivileged(int mode) {
    return (mode & SETUID_SETGID) != 0;
  }
}
