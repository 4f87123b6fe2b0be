package io.troupe.actors.fs;

/** On whose behalf a request is made: new inodes get this owner and group. */
public record Caller(int uid, int gid) {
  public static final Caller ROOT = new Caller(0, 0);
}
