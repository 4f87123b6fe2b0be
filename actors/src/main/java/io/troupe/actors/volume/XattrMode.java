package io.troupe.actors.volume;

/** Flags of {@code setxattr(2)}. */
public enum XattrMode {
  SET,
  CREATE,
  REPLACE
}
