package io.troupe.fuse.ops;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.volume.AttributeChange;
import io.troupe.fuse.protocol.OpenIn;
import io.troupe.fuse.protocol.OpenOut;
import io.troupe.gateway.fs.OpenedFile;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What {@link Open} and {@link Create} have in common. */
final class Opening {
  private final Session session;

  Opening(Session session) {
    this.session = session;
  }

  /**
   * Takes set-user-id and set-group-id away from a file that was cut at opening. Costs a second
   * request only where it has them.
   */
  CompletionStage<Result<OpenedFile>> withoutPrivileges(Result<OpenedFile> opened) {
    return switch (opened) {
      case Result.Ok<OpenedFile>(OpenedFile f) when Arguments.isPrivileged(f.attributes().mode()) ->
          session
              .fs()
              .setAttributes(f.attributes().inode(), AttributeChange.NONE.withClearPrivileges())
              .thenCompose(changed -> openedAs(f, changed));
      case Result.Ok<OpenedFile> done -> CompletableFuture.completedFuture(done);
      case Result.Failed<OpenedFile> failed -> CompletableFuture.completedFuture(failed);
    };
  }

  private CompletionStage<Result<OpenedFile>> openedAs(
      OpenedFile opened, Result<Attributes> changed) {
    return switch (changed) {
      case Result.Ok<Attributes>(Attributes a) ->
          CompletableFuture.completedFuture(Result.ok(new OpenedFile(opened.handle(), a)));
      case Result.Failed<Attributes>(Errno errno, String detail) ->
          session
              .fs()
              .release(opened.handle())
              .thenApply(released -> Result.<OpenedFile>failed(errno, detail));
    };
  }

  /**
   * Enters the handle, before the kernel gets to know it; the flags that the kernel gets with it.
   */
  int enter(OpenedFile opened, int openFlags) {
    session.openFiles().opened(opened.handle());
    int flags = 0;
    if (OpenIn.isReadOnly(openFlags)) {
      // There is nothing to wait for at close.
      flags |= OpenOut.NO_FLUSH;
    }
    if (session.caching().keepPages()
        && session.pages().opened(opened.attributes(), opened.handle())) {
      flags |= OpenOut.KEEP_CACHE;
    }
    return flags;
  }

  /** The opener was killed before it got the handle. */
  void takeBack(OpenedFile opened) {
    session.openFiles().released(opened.handle());
    CompletionStage<Result<Done>> unused = session.fs().release(opened.handle());
  }
}
