package io.troupe.actors.volume;

import io.troupe.actors.fs.FileTime;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What chmod, chown and utimens change; what is empty stays as it is. The change time is always
 * set.
 *
 * @param mode permission bits
 * @param clearPrivileges take set-user-id away, and set-group-id of what the group may execute
 */
public record AttributeChange(
    OptionalInt mode,
    OptionalInt uid,
    OptionalInt gid,
    Optional<FileTime> atime,
    Optional<FileTime> mtime,
    Optional<FileTime> ctime,
    boolean clearPrivileges) {

  public static final AttributeChange NONE =
      new AttributeChange(
          OptionalInt.empty(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false);

  public AttributeChange withMode(int permissions) {
    return new AttributeChange(
        OptionalInt.of(permissions), uid, gid, atime, mtime, ctime, clearPrivileges);
  }

  public AttributeChange withUid(int newUid) {
    return new AttributeChange(
        mode, OptionalInt.of(newUid), gid, atime, mtime, ctime, clearPrivileges);
  }

  public AttributeChange withGid(int newGid) {
    return new AttributeChange(
        mode, uid, OptionalInt.of(newGid), atime, mtime, ctime, clearPrivileges);
  }

  public AttributeChange withAtime(FileTime time) {
    return new AttributeChange(mode, uid, gid, Optional.of(time), mtime, ctime, clearPrivileges);
  }

  public AttributeChange withMtime(FileTime time) {
    return new AttributeChange(mode, uid, gid, atime, Optional.of(time), ctime, clearPrivileges);
  }

  public AttributeChange withCtime(FileTime time) {
    return new AttributeChange(mode, uid, gid, atime, mtime, Optional.of(time), clearPrivileges);
  }

  public AttributeChange withClearPrivileges() {
    return new AttributeChange(mode, uid, gid, atime, mtime, ctime, true);
  }
}
