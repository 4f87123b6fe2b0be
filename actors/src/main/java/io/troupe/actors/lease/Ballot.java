package io.troupe.actors.lease;

import io.troupe.actors.id.NodeId;
import java.util.UUID;

/**
 * Names and orders the rounds of a cell. No two rounds have the same: the number grows within a
 * life of a node, and lives of a node differ in their incarnation.
 *
 * @param number microseconds of the proposer's clock, or more where it has seen a higher one
 * @param incarnation drawn at random when the node started
 */
public record Ballot(long number, NodeId node, long incarnation) implements Comparable<Ballot> {
  /** Below all others. */
  public static final Ballot NONE = new Ballot(Long.MIN_VALUE, new NodeId(new UUID(0, 0)), 0);

  @Override
  public int compareTo(Ballot o) {
    int c = Long.compare(number, o.number);
    if (c == 0) {
      c = node.uuid().compareTo(o.node.uuid());
    }
    return c == 0 ? Long.compare(incarnation, o.incarnation) : c;
  }

  public boolean isBelow(Ballot o) {
    return compareTo(o) < 0;
  }
}
