package io.troupe.actors.volume;

/** Flags of {@code renameat2(2)}. */
public enum RenameMode {
  REPLACE,
  NO_REPLACE,
  EXCHANGE
}
