package io.troupe.lsm.replicated;

import java.util.Comparator;

/**
 * Where a log ends. Of two logs the one whose position is greater has all that may have been
 * acknowledged: the epoch of the last entry counts first, then how many entries there are.
 *
 * @param epoch of the entry at the index; 0 in front of the first
 * @param index of the entry, from 1 on; 0 in front of the first
 */
public record Position(long epoch, long index) implements Comparable<Position> {

  public static final Position START = new Position(0, 0);

  private static final Comparator<Position> ORDER =
      Comparator.comparingLong(Position::epoch).thenComparingLong(Position::index);

  @Override
  public int compareTo(Position other) {
    return ORDER.compare(this, other);
  }
}
