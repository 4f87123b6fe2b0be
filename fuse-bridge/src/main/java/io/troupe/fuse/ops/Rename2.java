package io.troupe.fuse.ops;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.volume.RenameMode;
import io.troupe.fuse.protocol.RenameIn;
import io.troupe.fuse.transport.Request;

/** RENAME2: with the flags of renameat2(2). Whiteouts are not made: EINVAL, as documented there. */
final class Rename2 implements Operation {
  private final Session session;

  Rename2(Session session) {
    this.session = session;
  }

  @Override
  public void handle(Request r) {
    switch (RenameIn.flags(r.memory(), r.body())) {
      case 0 -> carryOut(r, RenameMode.REPLACE);
      case RenameIn.NO_REPLACE -> carryOut(r, RenameMode.NO_REPLACE);
      case RenameIn.EXCHANGE -> carryOut(r, RenameMode.EXCHANGE);
      default -> r.fail(Errno.EINVAL);
    }
  }

  private void carryOut(Request r, RenameMode mode) {
    Rename.carryOut(session, r, RenameIn.BYTES_WITH_FLAGS, mode);
  }
}
