package io.troupe.fuse.ops;

import io.troupe.fuse.transport.Request;

/**
 * INTERRUPT: a caller got a signal while it waited. It goes on waiting, as it would with a local
 * disk: every request ends within the request timeout anyhow, what it changes cannot be taken back,
 * and programs do not expect EINTR from files (a signal handler with SA_RESTART would not help,
 * since the kernel hands our error number on as it is).
 */
final class Interrupt implements Operation {
  @Override
  public void handle(Request r) {
    r.noReply();
  }
}
