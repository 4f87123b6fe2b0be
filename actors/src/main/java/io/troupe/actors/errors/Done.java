package io.troupe.actors.errors;

/** The value of a request that succeeded and has nothing else to say. */
public enum Done {
  DONE
}
