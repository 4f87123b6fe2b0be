package io.troupe.sharding.group;

import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.CellView;
import io.troupe.actors.lease.LeaseCommand;
import io.troupe.actors.lease.LeaseReply;
import io.troupe.lsm.group.GroupMember;
import io.troupe.lsm.group.GroupMessage;
import io.troupe.lsm.group.GroupSettings;
import io.troupe.lsm.group.GroupStart;
import io.troupe.lsm.group.GroupStore;
import io.troupe.lsm.group.Outlet;
import io.troupe.lsm.replicated.MemberId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Carries one {@link GroupMember}: messages, the lease and time go in, messages go out. Whoever
 * holds the lease of the group's cell is made master; what makes it safe is the log's own epoch,
 * and the lease only says whom to ask.
 */
final class GroupActor {
  /** How long a member that failed waits until it tries again. */
  private static final Duration AGAIN = Duration.ofSeconds(5);

  /** How long proposals wait before that is told. */
  private static final Duration STALL = Duration.ofSeconds(3);

  /** Who gave the lease up lets others come first. */
  private static final Duration STEP_BACK = Duration.ofSeconds(1);

  /** What a member needs of its node. */
  interface Around {
    void send(NodeId to, GroupMessage message);

    void lease(LeaseCommand command);

    /** The member serves from now on. */
    void serving(Mastership mastership);
  }

  private final ActorContext<GroupCommand> context;
  private final TimerScheduler<GroupCommand> timers;
  private final GroupSpec spec;
  private final GroupSettings settings;
  private final GroupStore store;
  private final Executor blocking;
  private final Around around;
  private final CompletableFuture<Group> joined;
  private final Group group;
  private final ActorRef<LeaseReply> leaseReplies;
  private @Nullable GroupMember member;
  private Epoch leaseEpoch = Epoch.NONE;
  private Instant leasedUntil = Instant.MIN;
  private long servingEpoch;
  private long progressed = -1;
  private long progressedAt;
  private long expiredAt;

  private GroupActor(
      ActorContext<GroupCommand> context,
      TimerScheduler<GroupCommand> timers,
      GroupSpec spec,
      NodeId self,
      GroupStore store,
      Executor blocking,
      Around around,
      CompletableFuture<Group> joined) {
    this.context = context;
    this.timers = timers;
    this.spec = spec;
    this.settings = GroupSettings.of(spec.id(), GroupSpec.member(self), spec.ranges());
    this.store = store;
    this.blocking = blocking;
    this.around = around;
    this.joined = joined;
    this.group = new Group(spec.id(), context.getSelf());
    this.leaseReplies = context.messageAdapter(LeaseReply.class, GroupCommand.Leased::new);
  }

  /**
   * A member that makes its group known to the store where it is not yet.
   *
   * @param blocking for what may wait for the disk
   * @param joined completed when the member takes part
   */
  static Behavior<GroupCommand> create(
      GroupSpec spec,
      NodeId self,
      GroupStore store,
      Executor blocking,
      Around around,
      CompletableFuture<Group> joined) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  context.setLoggerName(GroupActor.class);
                  GroupActor actor =
                      new GroupActor(context, timers, spec, self, store, blocking, around, joined);
                  actor.load();
                  return actor.behavior();
                }));
  }

  private void load() {
    CompletableFuture<GroupStart> loading =
        CompletableFuture.supplyAsync(
            () -> {
              GroupStart.create(store, spec.id(), spec.membership());
              return GroupStart.load(store, settings);
            },
            blocking);
    context.pipeToSelf(
        loading,
        (start, failure) ->
            failure == null ? new GroupCommand.Loaded(start) : new GroupCommand.Failed(failure));
  }

  private Behavior<GroupCommand> behavior() {
    return Behaviors.receive(GroupCommand.class)
        .onAnyMessage(this::receive)
        .onSignal(
            PostStop.class,
            stopped -> {
              end();
              return Behaviors.same();
            })
        .build();
  }

  private Behavior<GroupCommand> receive(GroupCommand command) {
    GroupMember m = member;
    switch (command) {
      case GroupCommand.Loaded(GroupStart start) -> begin(start);
      case GroupCommand.Load l -> load();
      case GroupCommand.Failed(Throwable why) -> failed(why);
      case GroupCommand.Run(Runnable task) -> task.run();
      case GroupCommand.Propose p -> propose(m, p);
      case GroupCommand.Leased(LeaseReply reply) -> leased(reply);
      case GroupCommand.Candidate c -> hold();
      case GroupCommand.Arrived(MemberId from, GroupMessage message) -> {
        if (m != null) {
          m.received(from, message);
        }
      }
      case GroupCommand.Tick t -> {
        if (m != null) {
          m.tick();
          watch(m);
        }
      }
      case GroupCommand.MoveTo(NodeId node) -> {
        if (m != null) {
          m.transfer(GroupSpec.member(node));
        }
      }
      case GroupCommand.StepDown s -> release();
      case GroupCommand.AskApplied(CompletableFuture<Long> answer) ->
          answer.complete(m == null ? -1L : m.applied());
    }
    return Behaviors.same();
  }

  private void begin(GroupStart start) {
    ActorRef<GroupCommand> self = context.getSelf();
    member =
        new GroupMember(
            start,
            task -> self.tell(new GroupCommand.Run(task)),
            blocking,
            System::nanoTime,
            () -> ThreadLocalRandom.current().nextLong(),
            new ToOthers());
    timers.startTimerWithFixedDelay(
        new GroupCommand.Tick(), Duration.ofNanos(settings.log().retryNanos()));
    hold();
    joined.complete(group);
  }

  /** Whoever waits for a majority that does not come is to be found in the log. */
  private void watch(GroupMember m) {
    long now = System.nanoTime();
    if (servingEpoch != 0
        && !group.mastership().isValid(Instant.now())
        && now - expiredAt >= STALL.toNanos()) {
      expiredAt = now;
      context.getLog().warn("group={} event=lease-not-renewed until={}", spec.id(), leasedUntil);
    }
    if (m.underWay() == 0 || m.applied() != progressed) {
      progressed = m.applied();
      progressedAt = now;
    } else if (now - progressedAt >= STALL.toNanos()) {
      progressedAt = now;
      String matches =
          m.membership().voters().stream()
              .map(v -> v + "=" + m.match(v).map(Object::toString).orElse("-"))
              .collect(Collectors.joining(" "));
      context
          .getLog()
          .warn(
              "group={} event=no-majority waiting={} {}; {}", spec.id(), m.underWay(), matches, m);
    }
  }

  private void failed(Throwable why) {
    context.getLog().error("group={} event=member-failed", spec.id(), why);
    end();
    timers.cancelAll();
    timers.startSingleTimer(new GroupCommand.Load(), AGAIN);
  }

  private void end() {
    GroupMember m = member;
    member = null;
    if (m != null) {
      m.close();
    }
    release();
  }

  private void propose(@Nullable GroupMember member, GroupCommand.Propose proposal) {
    CompletableFuture<Long> done = proposal.done();
    if (member == null || proposal.epoch().number() != servingEpoch) {
      done.completeExceptionally(
          new IllegalStateException(
              spec.id() + " is not served under epoch " + proposal.epoch().number() + " here"));
      return;
    }
    try {
      member
          .propose(proposal.batch())
          .whenComplete(
              (index, failure) -> {
                if (failure == null) {
                  done.complete(index);
                } else {
                  done.completeExceptionally(failure);
                }
              });
    } catch (IllegalArgumentException e) {
      done.completeExceptionally(e);
    }
  }

  // ---- the lease

  private CellView view() {
    return new CellView(1, spec.first());
  }

  private void hold() {
    around.lease(new LeaseCommand.Hold(spec.cell(), view(), spec.lease(), leaseReplies));
  }

  private void leased(LeaseReply reply) {
    switch (reply) {
      case LeaseReply.Granted granted -> {
        boolean won = !granted.epoch().equals(leaseEpoch);
        leaseEpoch = granted.epoch();
        leasedUntil = granted.until();
        GroupMember m = member;
        if (m == null) {
          release();
        } else if (won) {
          m.leaseGained();
        }
        publish();
      }
      case LeaseReply.Lost lost -> {
        if (lost.epoch().equals(leaseEpoch)) {
          context.getLog().warn("group={} event=lease-lost", spec.id());
          stopActing();
        }
      }
      case LeaseReply.Wanted wanted -> release();
      case LeaseReply.Refused refused -> {}
      case LeaseReply.Closed closed -> {}
    }
  }

  /** Stops first, then gives the lease up, and tries for it again after a while. */
  private void release() {
    Epoch held = leaseEpoch;
    stopActing();
    if (!held.equals(Epoch.NONE)) {
      around.lease(new LeaseCommand.Release(spec.cell(), held));
      timers.startSingleTimer(new GroupCommand.Candidate(), STEP_BACK);
    }
  }

  private void stopActing() {
    leaseEpoch = Epoch.NONE;
    leasedUntil = Instant.MIN;
    publish();
    GroupMember m = member;
    if (m != null) {
      m.leaseLost();
    }
  }

  private void publish() {
    group.mastership(
        servingEpoch == 0 ? Mastership.NONE : new Mastership(new Epoch(servingEpoch), leasedUntil));
  }

  private final class ToOthers implements Outlet {
    @Override
    public void send(MemberId to, GroupMessage message) {
      around.send(GroupSpec.node(to), message);
    }

    @Override
    public void serving(long epoch) {
      servingEpoch = epoch;
      publish();
      around.serving(group.mastership());
      context.getLog().info("group={} epoch={} event=serving", spec.id(), epoch);
    }

    @Override
    public void stoppedServing(long epoch) {
      servingEpoch = 0;
      publish();
      context.getLog().info("group={} epoch={} event=stopped-serving", spec.id(), epoch);
    }

    @Override
    public void releaseLease(Optional<MemberId> to) {
      if (to.isPresent()) {
        around.lease(new LeaseCommand.HandOver(spec.cell(), to.map(GroupSpec::node)));
      } else {
        release();
      }
    }

    @Override
    public void failed(Throwable why) {
      context.getSelf().tell(new GroupCommand.Failed(why));
    }
  }
}
