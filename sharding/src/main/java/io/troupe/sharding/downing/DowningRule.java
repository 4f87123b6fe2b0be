package io.troupe.sharding.downing;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.Address;

/**
 * Decides which members are gone, for one member, without clock or I/O.
 *
 * <p>What a node owns lies on its disk and moves nowhere when it fails, so that two sides of a
 * broken network never serve the same thing, and no side has to end itself. It is enough that one
 * node decides: the one that holds the DIR. Without it nobody joins anyway, and the others wait for
 * it as they are.
 */
final class DowningRule {
  private final boolean decides;
  private final Duration after;
  private final Map<Address, Long> unreachableSince = new HashMap<>();

  /**
   * Another member.
   *
   * @param node the node id that it has among its roles
   * @param reachable false if nobody, this member included, can reach it
   */
  record Peer(Address address, Optional<String> node, boolean reachable) {}

  /**
   * The rule for a member.
   *
   * @param decides it has role dir
   * @param after how long a member has to be unreachable
   */
  DowningRule(boolean decides, Duration after) {
    this.decides = decides;
    this.after = after;
  }

  /** Those to take out now. */
  Set<Address> gone(Collection<Peer> peers, long nowNanos) {
    Set<Address> unreachable = new HashSet<>();
    Set<String> reachableNodes = new HashSet<>();
    for (Peer p : peers) {
      if (p.reachable()) {
        p.node().ifPresent(reachableNodes::add);
      } else {
        unreachable.add(p.address());
        unreachableSince.putIfAbsent(p.address(), nowNanos);
      }
    }
    unreachableSince.keySet().retainAll(unreachable);
    Set<Address> gone = new HashSet<>();
    for (Peer p : peers) {
      if (p.reachable()) {
        continue;
      }
      // Its data directory has one owner at a time: who comes back under another address proves it.
      boolean replaced = p.node().filter(reachableNodes::contains).isPresent();
      long silent = nowNanos - unreachableSince.getOrDefault(p.address(), nowNanos);
      if (replaced || (decides && silent >= after.toNanos())) {
        gone.add(p.address());
      }
    }
    return gone;
  }
}
