package io.troupe.actors.fs;

import java.time.Instant;

/**
 * A time stamp of an inode.
 *
 * @param seconds since the epoch, may be negative
 * @param nanos 0..999,999,999
 */
public record FileTime(long seconds, int nanos) implements Comparable<FileTime> {
  public static final FileTime EPOCH = new FileTime(0, 0);

  public static FileTime of(Instant instant) {
    return new FileTime(instant.getEpochSecond(), instant.getNano());
  }

  public Instant toInstant() {
    return Instant.ofEpochSecond(seconds, nanos);
  }

  @Override
  public int compareTo(FileTime o) {
    int c = Long.compare(seconds, o.seconds);
    return c != 0 ? c : Integer.compare(nanos, o.nanos);
  }
}
