package io.troupe.lsm.pekko.follow;

/** What a reader waits for. */
public sealed interface Topic {
  /** Anything new of that persistence id. */
  record OfId(String persistenceId) implements Topic {}

  /** Anything new with that tag. */
  record OfTag(String tag) implements Topic {}

  /** Anything new. */
  record Anything() implements Topic {}
}
