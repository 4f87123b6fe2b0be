package io.troupe.actors.directory;

import java.util.Locale;

/** What a node does for the cluster; one process may play all roles. */
public enum Role {
  DIR,
  MRC,
  OSD,
  GATEWAY;

  /** As written on the command line, in the configuration and as the role of the cluster member. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
