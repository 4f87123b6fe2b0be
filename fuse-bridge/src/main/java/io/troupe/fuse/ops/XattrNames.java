package io.troupe.fuse.ops;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.FsException;
import io.troupe.actors.fs.Name;
import io.troupe.fuse.transport.Request;
import java.nio.charset.StandardCharsets;

/**
 * Names of extended attributes with a meaning here.
 *
 * <p>{@code user.troupe.info} can be read of every inode and shows in no list. {@code system.*} are
 * access control lists, which are refused: kept without being enforced they would lie.
 */
final class XattrNames {
  /** What {@code troupe info} prints. */
  static final Name INFO = Name.of("user.troupe.info");

  private static final byte[] SYSTEM = "system.".getBytes(StandardCharsets.US_ASCII);

  private XattrNames() {}

  /**
   * The name at an offset behind the request's header.
   *
   * @throws FsException EOPNOTSUPP for access control lists
   */
  static Name read(Request r, int offset) {
    Name name = Arguments.name(r, offset);
    if (isSystem(name.bytes())) {
      throw new FsException(Errno.EOPNOTSUPP, "");
    }
    return name;
  }

  /**
   * The same for a name that is to be changed.
   *
   * @throws FsException EPERM for what is made up here
   */
  static Name readForChange(Request r, int offset) {
    Name name = read(r, offset);
    if (name.equals(INFO)) {
      throw new FsException(Errno.EPERM, "");
    }
    return name;
  }

  private static boolean isSystem(byte[] name) {
    if (name.length < SYSTEM.length) {
      return false;
    }
    for (int i = 0; i < SYSTEM.length; i++) {
      if (name[i] != SYSTEM[i]) {
        return false;
      }
    }
    return true;
  }
}
