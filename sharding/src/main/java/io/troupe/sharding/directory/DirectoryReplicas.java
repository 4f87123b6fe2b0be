package io.troupe.sharding.directory;

import com.typesafe.config.Config;
import java.util.Set;

/** On how many nodes a directory is kept. */
public final class DirectoryReplicas {
  /** A majority of more would have to answer each change. */
  private static final int MAX = 7;

  private static final String KEY = "troupe.directory.replicas";

  /** Among a member's roles: it keeps a directory together with others. */
  private static final String ROLE = "dir.of.";

  private DirectoryReplicas() {}

  /** As configured; {@link IllegalArgumentException} for a number that makes no majorities. */
  public static int of(Config config) {
    int replicas = config.getInt(KEY);
    if (replicas < 1 || replicas > MAX || replicas % 2 == 0) {
      throw new IllegalArgumentException(KEY + " must be 1, 3, 5 or 7, not " + replicas);
    }
    return replicas;
  }

  /** By which the others tell a node's setting. */
  public static String role(int replicas) {
    return ROLE + replicas;
  }

  /** Of a member with role dir, by all its roles. */
  public static int ofRoles(Set<String> roles) {
    return roles.stream()
        .filter(r -> r.startsWith(ROLE))
        .findFirst()
        .map(r -> Integer.parseInt(r.substring(ROLE.length())))
        .orElse(1);
  }
}
