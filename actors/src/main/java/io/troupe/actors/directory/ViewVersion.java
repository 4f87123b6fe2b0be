package io.troupe.actors.directory;

import java.util.Comparator;

/**
 * Orders the views that one DIR gives out, over its restarts too.
 *
 * @param incarnation grows with every start of the DIR
 * @param number grows with every view since that start
 */
public record ViewVersion(long incarnation, long number) implements Comparable<ViewVersion> {
  /** Older than any that a DIR gives out. */
  public static final ViewVersion NONE = new ViewVersion(0, 0);

  private static final Comparator<ViewVersion> ORDER =
      Comparator.comparingLong(ViewVersion::incarnation).thenComparingLong(ViewVersion::number);

  @Override
  public int compareTo(ViewVersion other) {
    return ORDER.compare(this, other);
  }
}
