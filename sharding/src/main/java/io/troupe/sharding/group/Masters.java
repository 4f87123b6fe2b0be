package io.troupe.sharding.group;

import io.troupe.actors.id.NodeId;
import io.troupe.lsm.group.GroupId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which member serves each group, as far as this process has heard. A hint and nothing more: who is
 * asked by mistake refuses. While a group is used its members are asked again and again, so that a
 * master that is gone is not believed in for long. Thread-safe; asking costs a look-up.
 */
public final class Masters {
  /** How often the members are asked while somebody uses the group. */
  private static final long ASK_NANOS = Duration.ofMillis(300).toNanos();

  /** While nothing is known. */
  private static final long ASK_SOON_NANOS = Duration.ofMillis(20).toNanos();

  /** For how long what was heard counts. */
  private static final long COUNTS_NANOS = Duration.ofSeconds(2).toNanos();

  /** Groups that are known at a time; beyond, those not heard of for long are forgotten. */
  private static final int MAX_KNOWN = 100_000;

  private final LongSupplier nanoClock;
  private final Map<GroupId, Known> known = new ConcurrentHashMap<>();
  private volatile BiConsumer<GroupId, List<NodeId>> asker = (group, members) -> {};

  private record Known(@Nullable NodeId node, long epoch, long heardAt, long askedAt) {}

  /**
   * Knows nothing yet.
   *
   * @param nanoClock never goes back
   */
  public Masters(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Who asks the members of a group, without waiting. */
  void begin(BiConsumer<GroupId, List<NodeId>> asksMembers) {
    asker = asksMembers;
  }

  /**
   * Who serves the group.
   *
   * @param members who may
   */
  public Optional<NodeId> of(GroupId group, List<NodeId> members) {
    long now = nanoClock.getAsLong();
    Known k = known.get(group);
    if (k == null) {
      ask(group, members, now);
      return Optional.empty();
    }
    boolean counts = k.node() != null && now - k.heardAt() < COUNTS_NANOS;
    if (now - k.askedAt() >= (counts ? ASK_NANOS : ASK_SOON_NANOS)) {
      ask(group, members, now);
    }
    return counts ? Optional.ofNullable(k.node()) : Optional.empty();
  }

  private void ask(GroupId group, List<NodeId> members, long now) {
    if (known.size() >= MAX_KNOWN) {
      known.values().removeIf(k -> now - k.askedAt() >= COUNTS_NANOS);
    }
    known.merge(
        group,
        new Known(null, 0, now, now),
        (old, fresh) -> new Known(old.node(), old.epoch(), old.heardAt(), now));
    asker.accept(group, members);
  }

  /** A node says that it serves the group. Who served an older epoch does so no more. */
  void heard(GroupId group, NodeId node, long epoch) {
    long now = nanoClock.getAsLong();
    known.computeIfPresent(
        group, (g, old) -> epoch < old.epoch() ? old : new Known(node, epoch, now, old.askedAt()));
  }
}
