package io.troupe.mrc.volume;

import io.troupe.actors.id.Epoch;
import io.troupe.actors.lease.LeaseReply;
import io.troupe.sharding.group.Mastership;
import java.time.Clock;
import java.util.function.Supplier;

/**
 * Of the partition's master among several nodes. The epoch is that of the group's log, which
 * refuses what an older one proposes; the lease behind it says that the records here are the
 * newest.
 */
public final class GroupTenure implements Tenure {
  /**
   * A batch is one proposal with each change twice, in its event and as a record, and its last
   * operation may set an attribute of 64 KiB.
   */
  private static final long BATCH_BYTES = 24 << 10;

  private final Supplier<Mastership> mastership;
  private final Runnable stepDown;
  private final Clock clock;

  /**
   * Of this node's member.
   *
   * @param mastership as it is now
   * @param stepDown ends the mastership
   */
  public GroupTenure(Supplier<Mastership> mastership, Runnable stepDown, Clock clock) {
    this.mastership = mastership;
    this.stepDown = stepDown;
    this.clock = clock;
  }

  @Override
  public void claim() {}

  @Override
  public void leased(LeaseReply reply) {}

  @Override
  public Epoch epoch() {
    Mastership now = mastership.get();
    return now.isValid(clock.instant()) ? now.epoch() : Epoch.NONE;
  }

  @Override
  public boolean continues(Epoch begun) {
    return mastership.get().epoch().equals(begun);
  }

  @Override
  public boolean mayRead() {
    return mastership.get().isValid(clock.instant());
  }

  @Override
  public boolean mayChange() {
    return mayRead();
  }

  @Override
  public long batchBytes() {
    return BATCH_BYTES;
  }

  @Override
  public boolean survivesFailure() {
    stepDown.run();
    return false;
  }

  @Override
  public boolean keepsEarly() {
    return false;
  }
}
