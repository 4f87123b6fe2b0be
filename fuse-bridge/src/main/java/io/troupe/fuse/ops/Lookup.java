package io.troupe.fuse.ops;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Name;
import io.troupe.fuse.protocol.EntryOut;
import io.troupe.fuse.transport.Answer;
import io.troupe.fuse.transport.Request;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** LOOKUP: a name in a directory. */
final class Lookup implements Operation {
  private final Session session;
  private final Answer<Attributes> entry;

  Lookup(Session session) {
    this.session = session;
    entry = Replies.entry(session);
  }

  @Override
  public void handle(Request r) {
    Name name = Arguments.name(r, 0);
    CompletionStage<Result<Attributes>> found = session.fs().lookup(r.nodeId(), name);
    if (session.caching().absentEntries().isNone()) {
      r.answer(found, entry);
    } else {
      r.answer(found.thenApply(Lookup::presence), this::replyPresence);
    }
  }

  /** Absence becomes a value, so that the kernel can be told how long it holds. */
  private static Result<Optional<Attributes>> presence(Result<Attributes> found) {
    return switch (found) {
      case Result.Ok<Attributes>(Attributes a) -> Result.ok(Optional.of(a));
      case Result.Failed<Attributes>(Errno errno, String detail) ->
          errno == Errno.ENOENT ? Result.ok(Optional.empty()) : Result.failed(errno, detail);
    };
  }

  private void replyPresence(Request r, Optional<Attributes> found) {
    if (found.isPresent()) {
      entry.send(r, found.get());
    } else {
      EntryOut.writeAbsent(r.memory(), Request.REPLY_BODY, session.caching().absentEntries());
      r.reply(EntryOut.BYTES);
    }
  }
}
