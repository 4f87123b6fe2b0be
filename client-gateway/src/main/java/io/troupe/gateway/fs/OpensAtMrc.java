package io.troupe.gateway.fs;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.session.SessionEvent;
import io.troupe.actors.volume.Incarnation;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.gateway.ports.ClusterPort;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the MRC's count of what this client has open. A Volume has it in memory; one that began
 * anew, after a crash or on another node, is told again. The rules are in {@link PartitionOpens}.
 * Thread-safe.
 */
final class OpensAtMrc {
  private static final Logger LOG = LoggerFactory.getLogger(OpensAtMrc.class);

  /** An open that is asked for. */
  record Opening(PartitionId partition, PartitionOpens.Opening opening) {}

  private final ClusterPort cluster;
  private final ActorRef<SessionEvent> session;
  private final Map<PartitionId, PartitionOpens> partitions = new HashMap<>();

  OpensAtMrc(ClusterPort cluster, ActorRef<SessionEvent> session) {
    this.cluster = cluster;
    this.session = session;
  }

  /** Before an open is sent. The first of all has the incarnation asked for. */
  Opening opening(PartitionId partition, OptionalLong inode) {
    PartitionOpens.Opening opening;
    boolean asks;
    synchronized (this) {
      PartitionOpens p = partitions.computeIfAbsent(partition, i -> new PartitionOpens());
      opening = p.begin(inode);
      asks = p.isUnknown() && p.asks();
    }
    if (asks) {
      ask(partition);
    }
    return new Opening(partition, opening);
  }

  void opened(Opening o, long inode) {
    synchronized (this) {
      of(o.partition()).opened(o.opening(), inode);
    }
    tell(o.partition());
  }

  synchronized void failed(Opening o) {
    of(o.partition()).failed(o.opening());
  }

  /** Gives opens back, one for each time that an inode is named. */
  void close(PartitionId partition, List<Long> inodes) {
    List<Long> now;
    synchronized (this) {
      now = partitions.computeIfAbsent(partition, i -> new PartitionOpens()).close(inodes);
    }
    send(partition, now);
  }

  /** Whether all closes were sent. */
  synchronized boolean isIdle() {
    return partitions.values().stream().noneMatch(PartitionOpens::holdsBack);
  }

  /** Called every second or so: asks where something is open, and tells what was not told. */
  void tick() {
    List<PartitionId> all;
    synchronized (this) {
      all = List.copyOf(partitions.keySet());
    }
    for (PartitionId partition : all) {
      boolean asks;
      synchronized (this) {
        asks = of(partition).asks();
      }
      if (asks) {
        ask(partition);
      }
      tell(partition);
    }
  }

  private PartitionOpens of(PartitionId partition) {
    return Objects.requireNonNull(partitions.get(partition));
  }

  private void ask(PartitionId partition) {
    CompletionStage<Result<Incarnation>> s =
        cluster.askVolume(partition, VolumeCommand.GetIncarnation::new);
    s.whenComplete(
        (result, failure) -> {
          synchronized (this) {
            if (failure == null && result instanceof Result.Ok<Incarnation>(Incarnation now)) {
              of(partition).answered(now);
            } else {
              of(partition).unanswered();
            }
          }
          tell(partition);
        });
  }

  private void tell(PartitionId partition) {
    Optional<PartitionOpens.Page> next;
    synchronized (this) {
      next = of(partition).nextPage();
    }
    if (next.isEmpty()) {
      return;
    }
    PartitionOpens.Page page = next.get();
    CompletionStage<Result<Done>> s =
        cluster.askVolume(
            partition,
            r ->
                new VolumeCommand.Reopen(
                    page.incarnation(), page.round(), session, page.files(), r));
    s.whenComplete(
        (result, failure) -> {
          if (failure == null && result instanceof Result.Ok<Done>) {
            LOG.debug("partition={} event=told files={}", partition, page.files().size());
            List<Long> closes;
            synchronized (this) {
              closes = of(partition).told(page);
            }
            send(partition, closes);
            tell(partition);
          } else {
            notTold(partition, page, result);
          }
        });
  }

  /** The next tick tries again. */
  private synchronized void notTold(
      PartitionId partition, PartitionOpens.Page page, @Nullable Result<Done> result) {
    if (result instanceof Result.Failed<Done> f && f.errno() == Errno.ESTALE) {
      of(partition).stale(page);
    } else {
      of(partition).notTold(page);
    }
  }

  /** Once only: what was carried out and not answered must not count for another open. */
  private void send(PartitionId partition, List<Long> inodes) {
    if (inodes.isEmpty()) {
      return;
    }
    CompletionStage<Result<Done>> s =
        cluster.askVolume(partition, r -> new VolumeCommand.CloseFiles(inodes, session, r));
    s.whenComplete(
        (result, failure) -> {
          if (result instanceof Result.Failed<Done>(Errno errno, String detail)) {
            // The session's end closes them at the latest.
            LOG.debug("inodes={} event=close-failed errno={} {}", inodes, errno, detail);
          }
          synchronized (this) {
            of(partition).closed(inodes);
          }
          tell(partition);
        });
  }
}
