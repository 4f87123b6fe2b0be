package io.troupe.lsm.group;

import io.troupe.lsm.replicated.LogSettings;
import io.troupe.lsm.replicated.MemberId;

/**
 * A member of a group.
 *
 * @param log its {@code window} times {@link #MAX_CONTENT_BYTES} is what may be on its way to a
 *     member
 * @param limits how much of the log is kept for members that lag
 * @param proposals how many may be under way
 * @param proposalBytes how many bytes of them
 * @param cacheBytes of the newest entries, kept in memory
 * @param unwrittenBytes of entries that wait for the disk; entries of others are not taken beyond
 * @param messageBytes entries and chunks are put together to messages of this size, unless one
 *     alone is larger
 */
public record GroupSettings(
    GroupId group,
    MemberId self,
    GroupRanges ranges,
    LogSettings log,
    LogLimits limits,
    int proposals,
    long proposalBytes,
    long cacheBytes,
    long unwrittenBytes,
    int messageBytes) {

  /**
   * The largest proposal, and the largest key with its value in a snapshot. One message always
   * suffices for it, so that nothing has to be cut in pieces.
   */
  public static final int MAX_CONTENT_BYTES = 192 << 10;

  /** What a message holds at most: fits into a frame of 256 KiB with all that goes around it. */
  public static final int MAX_MESSAGE_BYTES = MAX_CONTENT_BYTES + (8 << 10);

  private static final int MESSAGE_BYTES = 128 << 10; // half a frame: a large one still fits in

  public GroupSettings {
    if (proposals < 1
        || proposalBytes < 1
        || cacheBytes < 0
        || unwrittenBytes < 1
        || messageBytes < 1
        || messageBytes > MESSAGE_BYTES) {
      throw new IllegalArgumentException("the limits of a group must be positive");
    }
  }

  /** As it suits a group of which there are many over a store. */
  public static GroupSettings of(GroupId group, MemberId self, GroupRanges ranges) {
    return new GroupSettings(
        group,
        self,
        ranges,
        new LogSettings(200_000_000L, 64),
        new LogLimits(100_000, 64 << 20),
        1024,
        8 << 20,
        4 << 20,
        32 << 20,
        MESSAGE_BYTES);
  }
}
