package io.troupe.mrc.volume;

import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.lease.LeaseReply;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Of the only node that keeps the partition: nobody else could act, and no other lease matters. */
final class SoleTenure implements Tenure {
  private static final Logger LOG = LoggerFactory.getLogger(SoleTenure.class);

  /** Stop changing things so long before the lease ends: a batch under way has to end within it. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private final PartitionId partition;
  private final Clock clock;
  private final Runnable acquire;
  private Epoch epoch = Epoch.NONE;
  private Instant until = Instant.MIN;

  /**
   * None yet.
   *
   * @param acquire asks for the partition's lease
   */
  SoleTenure(PartitionId partition, Clock clock, Runnable acquire) {
    this.partition = partition;
    this.clock = clock;
    this.acquire = acquire;
  }

  @Override
  public void claim() {
    acquire.run();
  }

  @Override
  public void leased(LeaseReply reply) {
    switch (reply) {
      case LeaseReply.Granted g -> {
        epoch = g.epoch();
        until = g.until();
      }
      case LeaseReply.Refused r ->
          LOG.warn("partition={} event=lease-refused reason={}", partition, r.reason());
      case LeaseReply.Lost l -> until = Instant.MIN;
      case LeaseReply.Wanted w -> {}
      case LeaseReply.Closed c -> {}
    }
  }

  @Override
  public Epoch epoch() {
    return epoch;
  }

  @Override
  public boolean continues(Epoch begun) {
    return true;
  }

  @Override
  public boolean mayRead() {
    return true;
  }

  @Override
  public boolean mayChange() {
    return clock.instant().isBefore(until.minus(MARGIN));
  }

  @Override
  public long batchBytes() {
    return Long.MAX_VALUE;
  }

  @Override
  public boolean survivesFailure() {
    return true;
  }

  @Override
  public boolean keepsEarly() {
    return true;
  }
}
