package io.troupe.fuse.transport;

/** Turns the value of a request that succeeded into its reply. */
@FunctionalInterface
public interface Answer<T> {
  /** Replies. May run on any thread. */
  void send(Request request, T value);
}
