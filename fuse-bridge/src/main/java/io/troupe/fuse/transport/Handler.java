package io.troupe.fuse.transport;

/** Serves requests. */
@FunctionalInterface
public interface Handler {
  /**
   * Serves one: replies to it, says that it gets no reply, or hands it over with {@link
   * Request#answer} as its last step. Called by reader threads, must not wait.
   */
  void handle(Request request);
}
