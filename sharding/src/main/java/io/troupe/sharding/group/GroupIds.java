package io.troupe.sharding.group;

import io.troupe.actors.id.PartitionId;
import io.troupe.lsm.group.GroupId;
import java.util.UUID;

/** How groups are called. */
public final class GroupIds {
  /** An odd number whose bits look random, so that partitions of a volume lie far apart. */
  private static final long SPREAD = 0x9e3779b97f4a7c15L;

  /** Of the cluster's directory; no partition's but for one chance in 2^63. */
  public static final GroupId DIRECTORY = new GroupId(1);

  private GroupIds() {}

  /**
   * The group of a partition: 63 bits of the volume's uuid, which is random, so that two groups of
   * a store have one id no sooner than a billion of them are there.
   */
  public static GroupId of(PartitionId partition) {
    UUID uuid = partition.volume().uuid();
    long mixed =
        uuid.getMostSignificantBits()
            ^ Long.rotateLeft(uuid.getLeastSignificantBits(), 17)
            ^ partition.number() * SPREAD;
    return new GroupId(mixed & Long.MAX_VALUE);
  }
}
