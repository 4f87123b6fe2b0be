package io.troupe.lsm.replicated;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Who votes. It changes by one member at a time, so that any two majorities in a row overlap. */
public record Membership(Set<MemberId> voters) {

  public Membership {
    if (voters.isEmpty()) {
      throw new IllegalArgumentException("a group needs at least one voter");
    }
    voters = Collections.unmodifiableSet(new TreeSet<>(voters)); // in the same order everywhere
  }

  public static Membership of(MemberId... voters) {
    return new Membership(Set.of(voters));
  }

  /** Whether the voters for which it is true are a majority. */
  boolean majority(Predicate<MemberId> test) {
    return 2 * voters.stream().filter(test).count() > voters.size();
  }

  /** Whether another one differs by exactly one voter. */
  boolean isNextTo(Membership other) {
    var difference = new TreeSet<MemberId>(voters);
    difference.addAll(other.voters);
    difference.removeIf(member -> voters.contains(member) && other.voters.contains(member));
    return difference.size() == 1;
  }
}
