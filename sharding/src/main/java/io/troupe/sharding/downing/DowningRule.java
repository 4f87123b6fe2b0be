package io.troupe.sharding.downing;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
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
 *
 * <p>Where several nodes hold the DIR, one of those that see a majority of them decides: the one
 * with the lowest address, so that they do not all speak at once. Two sides of a broken network
 * cannot both have a majority, so that they never take each other out.
 */
final class DowningRule {
  private static final Comparator<Address> BY_ADDRESS =
      Comparator.comparing((Address a) -> a.getHost().orElse(""))
          .thenComparing(a -> a.getPort().orElse(0));

  private final Address self;
  private final Duration after;
  private final Map<Address, Long> unreachableSince = new HashMap<>();

  /**
   * A member.
   *
   * @param node the node id that it has among its roles
   * @param directory it has role dir
   * @param reachable false if nobody, this member included, can reach it
   */
  record Peer(Address address, Optional<String> node, boolean directory, boolean reachable) {}

  /**
   * The rule for a member.
   *
   * @param self whose rule it is
   * @param after how long a member has to be unreachable
   */
  DowningRule(Address self, Duration after) {
    this.self = self;
    this.after = after;
  }

  /**
   * Those to take out now.
   *
   * @param peers all members, this one included
   * @param directories how many nodes hold the DIR
   */
  Set<Address> gone(Collection<Peer> peers, int directories, long nowNanos) {
    boolean decides = decides(peers, directories);
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

  /**
   * Whether a member that does not listen to this one any more has taken it out, so that only a new
   * start makes it a member again. A node of the DIR has; where there are several, not as long as
   * most of them are reached without it: then it is the one that is alone, or about to end.
   */
  boolean isExpelledBy(Address by, Collection<Peer> peers, int directories) {
    boolean directory = peers.stream().anyMatch(p -> p.directory() && p.address().equals(by));
    Set<Address> others = reachedDirectories(peers);
    others.remove(by);
    return directory && (directories == 1 || others.size() <= directories / 2);
  }

  private boolean decides(Collection<Peer> peers, int directories) {
    Set<Address> reached = reachedDirectories(peers);
    return reached.contains(self)
        && reached.size() > directories / 2
        && reached.stream().allMatch(other -> BY_ADDRESS.compare(self, other) <= 0);
  }

  private static Set<Address> reachedDirectories(Collection<Peer> peers) {
    Set<Address> reached = new HashSet<>();
    for (Peer p : peers) {
      if (p.directory() && p.reachable()) {
        reached.add(p.address());
      }
    }
    return reached;
  }
}
