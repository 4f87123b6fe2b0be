package io.troupe.fuse.ops;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.volume.AttributeChange;
import io.troupe.fuse.protocol.SetAttrIn;
import io.troupe.fuse.transport.Answer;
import io.troupe.fuse.transport.Request;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** SETATTR: chmod, chown, truncate, utimensat. */
final class SetAttr implements Operation {
  private static final int CHANGES =
      SetAttrIn.MODE
          | SetAttrIn.UID
          | SetAttrIn.GID
          | SetAttrIn.ATIME
          | SetAttrIn.MTIME
          | SetAttrIn.ATIME_NOW
          | SetAttrIn.MTIME_NOW
          | SetAttrIn.CTIME;

  private final Session session;
  private final Answer<Attributes> attributes;

  SetAttr(Session session) {
    this.session = session;
    attributes = Replies.attributes(session);
  }

  @Override
  public void handle(Request r) {
    MemorySegment m = r.memory();
    long body = r.body();
    long inode = r.nodeId();
    int valid = SetAttrIn.valid(m, body);
    boolean kills = (valid & SetAttrIn.KILL_SUIDGID) != 0;
    if ((valid & SetAttrIn.SIZE) != 0) {
      CompletionStage<Result<Attributes>> cut =
          session.fs().truncate(inode, SetAttrIn.size(m, body));
      if ((valid & CHANGES) != 0) {
        AttributeChange change = change(m, body, valid);
        cut = cut.thenCompose(done -> then(done, inode, change));
      } else if (kills) {
        cut = cut.thenCompose(done -> withoutPrivileges(done, inode));
      }
      r.answer(cut, attributes);
    } else if ((valid & CHANGES) != 0 || kills) {
      r.answer(session.fs().setAttributes(inode, change(m, body, valid)), attributes);
    } else {
      r.answer(session.fs().getAttributes(inode), attributes);
    }
  }

  private CompletionStage<Result<Attributes>> then(
      Result<Attributes> before, long inode, AttributeChange change) {
    return switch (before) {
      case Result.Ok<Attributes> done -> session.fs().setAttributes(inode, change);
      case Result.Failed<Attributes> failed -> CompletableFuture.completedFuture(failed);
    };
  }

  /** Costs a second change only where there is a privilege to take away. */
  private CompletionStage<Result<Attributes>> withoutPrivileges(
      Result<Attributes> before, long inode) {
    return switch (before) {
      case Result.Ok<Attributes>(Attributes a) when Arguments.isPrivileged(a.mode()) ->
          session.fs().setAttributes(inode, AttributeChange.NONE.withClearPrivileges());
      case Result.Ok<Attributes> done -> CompletableFuture.completedFuture(done);
      case Result.Failed<Attributes>(Errno errno, String detail) ->
          CompletableFuture.completedFuture(Result.failed(errno, detail));
    };
  }

  private AttributeChange change(MemorySegment m, long body, int valid) {
    return new AttributeChange(
        (valid & SetAttrIn.MODE) != 0
            ? OptionalInt.of(Arguments.permissions(SetAttrIn.mode(m, body)))
            : OptionalInt.empty(),
        (valid & SetAttrIn.UID) != 0 ? OptionalInt.of(SetAttrIn.uid(m, body)) : OptionalInt.empty(),
        (valid & SetAttrIn.GID) != 0 ? OptionalInt.of(SetAttrIn.gid(m, body)) : OptionalInt.empty(),
        time(
            valid,
            SetAttrIn.ATIME,
            SetAttrIn.ATIME_NOW,
            SetAttrIn.atimeSeconds(m, body),
            SetAttrIn.atimeNanos(m, body)),
        time(
            valid,
            SetAttrIn.MTIME,
            SetAttrIn.MTIME_NOW,
            SetAttrIn.mtimeSeconds(m, body),
            SetAttrIn.mtimeNanos(m, body)),
        time(
            valid,
            SetAttrIn.CTIME,
            0,
            SetAttrIn.ctimeSeconds(m, body),
            SetAttrIn.ctimeNanos(m, body)),
        (valid & SetAttrIn.KILL_SUIDGID) != 0);
  }

  private Optional<FileTime> time(int valid, int given, int now, long seconds, int nanos) {
    if ((valid & now) != 0) {
      return Optional.of(FileTime.of(session.clock().instant()));
    }
    return (valid & given) != 0 ? Optional.of(new FileTime(seconds, nanos)) : Optional.empty();
  }
}
