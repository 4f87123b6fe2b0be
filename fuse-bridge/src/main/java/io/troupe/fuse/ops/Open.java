package io.troupe.fuse.ops;

import io.troupe.actors.errors.Result;
import io.troupe.fuse.protocol.OpenIn;
import io.troupe.fuse.protocol.OpenOut;
import io.troupe.fuse.transport.Request;
import io.troupe.gateway.fs.OpenedFile;
import java.util.concurrent.CompletionStage;

/** OPEN: a regular file, cut to nothing in the same step where O_TRUNC is given. */
final class Open implements Operation {
  private final Session session;
  private final Opening opening;

  Open(Session session) {
    this.session = session;
    opening = new Opening(session);
  }

  @Override
  public void handle(Request r) {
    int flags = OpenIn.flags(r.memory(), r.body());
    boolean truncates = OpenIn.truncates(flags);
    CompletionStage<Result<OpenedFile>> opened = session.fs().open(r.nodeId(), truncates);
    if (truncates && OpenIn.killsPrivileges(r.memory(), r.body())) {
      opened = opened.thenCompose(opening::withoutPrivileges);
    }
    r.answer(opened, (request, file) -> reply(request, file, flags));
  }

  private void reply(Request r, OpenedFile file, int flags) {
    if (!session.attributes().isWhatWasGiven(file.attributes())) {
      r.invalidateAttributes(r.nodeId());
    }
    OpenOut.write(r.memory(), Request.REPLY_BODY, file.handle(), opening.enter(file, flags));
    if (!r.reply(OpenOut.BYTES)) {
      opening.takeBack(file);
    }
  }
}
