package io.troupe.fuse.ops;

import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Name;
import io.troupe.fuse.protocol.CreateIn;
import io.troupe.fuse.protocol.EntryOut;
import io.troupe.fuse.protocol.OpenIn;
import io.troupe.fuse.protocol.OpenOut;
import io.troupe.fuse.transport.Request;
import io.troupe.gateway.fs.OpenedFile;
import java.util.concurrent.CompletionStage;

/** CREATE: a regular file, made if it is not there, and opened, in one step. */
final class Create implements Operation {
  private final Session session;
  private final Opening opening;

  Create(Session session) {
    this.session = session;
    opening = new Opening(session);
  }

  @Override
  public void handle(Request r) {
    Name name = Arguments.name(r, CreateIn.BYTES);
    int flags = CreateIn.flags(r.memory(), r.body());
    int permissions = Arguments.permissions(CreateIn.mode(r.memory(), r.body()));
    boolean truncates = OpenIn.truncates(flags);
    CompletionStage<Result<OpenedFile>> opened =
        session
            .fs()
            .create(
                r.nodeId(),
                name,
                permissions,
                Arguments.caller(r),
                OpenIn.isExclusive(flags),
                truncates);
    // A file that is new has the mode that its maker wants, privileges included.
    if (truncates
        && !OpenIn.isExclusive(flags)
        && CreateIn.killsPrivileges(r.memory(), r.body())
        && !Arguments.isPrivileged(permissions)) {
      opened = opened.thenCompose(opening::withoutPrivileges);
    }
    r.answer(opened, (request, file) -> reply(request, file, flags));
  }

  private void reply(Request r, OpenedFile file, int flags) {
    session.attributes().given(file.attributes());
    EntryOut.write(
        r.memory(),
        Request.REPLY_BODY,
        file.attributes(),
        session.caching().entries(),
        session.caching().attributes());
    OpenOut.write(
        r.memory(), Request.REPLY_BODY + EntryOut.BYTES, file.handle(), opening.enter(file, flags));
    if (!r.reply(EntryOut.BYTES + OpenOut.BYTES)) {
      opening.takeBack(file);
    }
  }
}
