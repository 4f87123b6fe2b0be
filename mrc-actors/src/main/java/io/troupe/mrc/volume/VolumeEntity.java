package io.troupe.mrc.volume;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.lease.LeaseCommand;
import io.troupe.actors.lease.LeaseReply;
import io.troupe.actors.session.SessionEvent;
import io.troupe.actors.volume.CreatedFile;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.Incarnation;
import io.troupe.actors.volume.OperationId;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.lsm.Store;
import io.troupe.lsm.pekko.RecordChange;
import io.troupe.mrc.namespace.Namespace;
import io.troupe.mrc.namespace.NamespaceChange;
import io.troupe.mrc.namespace.Overlay;
import io.troupe.mrc.namespace.Tree;
import io.troupe.mrc.placement.PlacementPolicy;
import io.troupe.sharding.Entities;
import io.troupe.sharding.Registry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.StashBuffer;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * The Volume entity. Reads are answered at once from the committed records. Changes collect while a
 * batch is being persisted; then all that have collected are one batch: each is validated against
 * the records and what those before it changed, one event carries the outcome, and all are answered
 * when it is durable.
 *
 * <p>It serves as long as it has the {@link Tenure} of its partition, whose epoch stands in every
 * event.
 */
public final class VolumeEntity {
  /** Records removed per batch when a volume is destroyed. */
  private static final int DESTROY_STEP = 200;

  /**
   * A client asks again for seconds, and its messages may be on their way for as long as a node
   * stands still. What it was answered is remembered for longer, whoever comes and goes.
   */
  private static final Duration REMEMBERED = Duration.ofDays(2);

  private static final Duration FORGET_INTERVAL = Duration.ofHours(6);

  /** Outcomes looked at per batch. */
  private static final int FORGET_STEP = 1_000;

  /** Files released per batch when the grace is over. */
  private static final int RELEASE_STEP = 64;

  /** When too many changes wait for more. */
  private static final Duration RETRY = Duration.ofMillis(100);

  private static final int MAX_STASHED = 10_000;

  /** Tells the entity to stop. */
  public record Stop() implements VolumeCommand.Local {}

  /** Tells the entity that it may serve: what nobody asks for is to go on, too. */
  public record Begin() implements VolumeCommand.Local {}

  private record Leased(LeaseReply reply) implements VolumeCommand.Local {}

  private record Renew() implements VolumeCommand.Local {}

  private record BatchDone() implements VolumeCommand.Local {}

  /** From the reaper: the file's objects are gone everywhere. */
  record Reaped(long inode) implements VolumeCommand.Local {}

  /** From the reaper: it is to be told when all that was committed is on the disk. */
  record Settle() implements VolumeCommand.Local {}

  private record SessionGone(ActorRef<SessionEvent> session) implements VolumeCommand.Local {}

  /**
   * From the reaper: a file without a name is still there. Its File entity hears of it from the
   * Volume only, behind the opens that the Volume may still hand over.
   */
  record Nameless(long inode) implements VolumeCommand.Local {}

  private record GraceOver() implements VolumeCommand.Local {}

  private record ReleaseSpared() implements VolumeCommand.Local {}

  private record ForgetOutcomes() implements VolumeCommand.Local {}

  private record Forgot(Result<Optional<byte[]>> result) implements VolumeCommand.Local {}

  private record DestroyStepDone(Result<Boolean> more) implements VolumeCommand.Local {}

  private final ActorContext<VolumeCommand> context;
  private final PartitionId partition;
  private final VolumeSettings settings;
  private final Entities entities;
  private final Registry registry;
  private final Store store;
  private final StoreRecords records;
  private final Namespace namespace;
  private final Placing placing;
  private final Clock clock;
  private final ActorRef<Committer.Committed> commits;
  private final ActorRef<Reaper.Command> reaper;
  private final Deque<Operation<?>> pending = new ArrayDeque<>();
  private final List<ActorRef<Result<Done>>> destroyers = new ArrayList<>();
  private final OpenFiles openFiles;
  private final Grace grace = new Grace();
  private final Incarnation incarnation;
  private final Attempts attempts = new Attempts();
  private final Changes changes;
  private final DiskLag lag;
  private ActorRef<Committer.Commit> committer;
  private List<Operation<?>> inFlight = List.of();
  private List<Runnable> answers = List.of();

  /** Files that the batch being built opens: they are counted when it is durable. */
  private final Set<Long> creating = new HashSet<>();

  /** Files that go with the batch under way. Who wants to open one waits for how it ends. */
  private Set<Long> releasing = Set.of();

  private List<Runnable> heldOpens = new ArrayList<>();

  /** Files that were handed to their entities, which the records do not know yet. */
  private final Set<Long> handing = new HashSet<>();

  private boolean handedAll;
  private final Tenure tenure;

  /** Under which it began to serve. */
  private final Epoch epoch;

  private boolean stopping;

  private VolumeEntity(
      ActorContext<VolumeCommand> context,
      PartitionId partition,
      VolumeSettings settings,
      Entities entities,
      Store store,
      PlacementPolicy policy,
      Tenure tenure,
      Clock clock) {
    this.context = context;
    this.partition = partition;
    this.settings = settings;
    this.entities = entities;
    this.registry = Registry.get(context.getSystem());
    this.store = store;
    this.records = new StoreRecords(store);
    this.namespace = new Namespace(partition, records);
    this.placing = new Placing(partition, records, registry, policy);
    this.clock = clock;
    this.openFiles = new OpenFiles(settings.maxOpens());
    this.changes = new Changes(creates());
    this.lag = new DiskLag(settings.durability());
    this.tenure = tenure;
    this.epoch = tenure.epoch();
    this.incarnation = new Incarnation(epoch, ThreadLocalRandom.current().nextLong());
    this.commits = context.messageAdapter(Committer.Committed.class, c -> new BatchDone());
    this.reaper =
        context.spawn(
            Reaper.create(partition, namespace, context.getSelf(), entities, settings),
            "reaper",
            Props.empty().withDispatcherSameAsParent());
    this.committer = startCommitter(context, partition);
  }

  /**
   * The entity of one partition on this node.
   *
   * @param group where the partition is kept by other nodes, too
   */
  public static Behavior<VolumeCommand> create(
      PartitionId partition,
      VolumeSettings settings,
      Entities entities,
      Store store,
      PlacementPolicy policy,
      Optional<GroupTenure> group,
      Clock clock) {
    return Behaviors.withStash(
        MAX_STASHED,
        stash ->
            Behaviors.setup(
                context ->
                    Behaviors.withTimers(
                        timers -> {
                          ActorRef<LeaseReply> replies =
                              context.messageAdapter(LeaseReply.class, Leased::new);
                          Tenure tenure =
                              group.isPresent()
                                  ? group.get()
                                  : new SoleTenure(
                                      partition,
                                      clock,
                                      () -> acquire(partition, settings, entities, replies));
                          Supplier<VolumeEntity> entity =
                              () ->
                                  new VolumeEntity(
                                      context, partition, settings, entities, store, policy, tenure,
                                      clock);
                          tenure.claim();
                          timers.startTimerWithFixedDelay(
                              new Renew(), settings.leaseDuration().dividedBy(3));
                          return waiting(partition, tenure, entity, stash, timers);
                        })));
  }

  private static void acquire(
      PartitionId partition,
      VolumeSettings settings,
      Entities entities,
      ActorRef<LeaseReply> replies) {
    CellId cell = CellId.ofPartition(partition);
    entities.tellHere(cell, new LeaseCommand.Acquire(cell, settings.leaseDuration(), replies));
  }

  /** What the records say counts only once it may serve: until then nothing is begun. */
  private static Behavior<VolumeCommand> waiting(
      PartitionId partition,
      Tenure tenure,
      Supplier<VolumeEntity> entity,
      StashBuffer<VolumeCommand> stash,
      TimerScheduler<VolumeCommand> timers) {
    return Behaviors.receiveMessage(
        command -> {
          switch (command) {
            case Leased leased -> tenure.leased(leased.reply());
            case Renew r -> tenure.claim();
            case Stop s -> {
              return Behaviors.stopped();
            }
            case Begin b -> {}
            default -> {
              if (!tenure.keepsEarly() && tenure.epoch().equals(Epoch.NONE)) {
                refuse(partition, command);
              } else if (!stash.isFull()) {
                stash.stash(command); // With a full one the sender's own timeout tells it.
              }
            }
          }
          return tenure.epoch().equals(Epoch.NONE)
              ? Behaviors.same()
              : stash.unstashAll(entity.get().begin(timers));
        });
  }

  private static ActorRef<Committer.Commit> startCommitter(
      ActorContext<VolumeCommand> context, PartitionId partition) {
    ActorRef<Committer.Commit> c =
        context.spawnAnonymous(
            Committer.create(partition.toString()), Props.empty().withDispatcherSameAsParent());
    context.watch(c);
    return c;
  }

  // ---- tenure

  private Behavior<VolumeCommand> begin(TimerScheduler<VolumeCommand> timers) {
    context.getLog().info("partition={} epoch={} event=serving", partition, epoch.number());
    reaper.tell(new Reaper.Begin());
    timers.startTimerWithFixedDelay(new ForgetOutcomes(), Duration.ZERO, FORGET_INTERVAL);
    if (namespace.isInitialized()) {
      timers.startSingleTimer(new GraceOver(), settings.reopenGrace());
    } else {
      graceOver(); // Of a new volume nobody has anything open.
    }
    return serving();
  }

  private static void refuse(PartitionId partition, VolumeCommand command) {
    if (command instanceof VolumeCommand.Asked asked) {
      asked.refuse(Errno.EAGAIN, "this node is not the master of partition " + partition);
    }
  }

  /** Another may serve, or have served: what is in memory counts no more, nor do later answers. */
  private Behavior<VolumeCommand> ended() {
    context.getLog().info("partition={} epoch={} event=ended", partition, epoch.number());
    String why = "partition " + partition + " gets another master";
    inFlight.forEach(o -> o.fail(Errno.EAGAIN, why));
    pending.forEach(o -> o.fail(Errno.EAGAIN, why));
    answerDestroyers(Result.failed(Errno.EAGAIN, why));
    return Behaviors.stopped();
  }

  // ---- serving

  private Behavior<VolumeCommand> serving() {
    return Behaviors.receive(VolumeCommand.class)
        .onAnyMessage(this::receive)
        .onSignal(Terminated.class, t -> committerEnded())
        .build();
  }

  private Behavior<VolumeCommand> receive(VolumeCommand command) {
    if (!tenure.continues(epoch)) {
      refuse(partition, command);
      return ended();
    }
    if (command instanceof VolumeCommand.Asked && !tenure.mayRead()) {
      refuse(partition, command);
      return Behaviors.same();
    }
    switch (command) {
      case VolumeCommand.Lookup c -> c.replyTo().tell(namespace.lookup(c.parent(), c.name()));
      case VolumeCommand.GetAttributes c -> c.replyTo().tell(namespace.attributes(c.inode()));
      case VolumeCommand.Describe c -> c.replyTo().tell(namespace.describe(c.inode()));
      case VolumeCommand.ReadDirectory c ->
          c.replyTo().tell(namespace.readDirectory(c.inode(), c.afterCookie(), c.maxEntries()));
      case VolumeCommand.ReadLink c -> c.replyTo().tell(namespace.readLink(c.inode()));
      case VolumeCommand.GetXattr c -> c.replyTo().tell(namespace.xattr(c.inode(), c.name()));
      case VolumeCommand.ListXattrs c -> c.replyTo().tell(namespace.xattrs(c.inode()));
      case VolumeCommand.GetUsage c -> c.replyTo().tell(namespace.usage());

      case VolumeCommand.OpenFile c -> open(c, Optional.empty());
      case VolumeCommand.CloseFiles c -> {
        c.inodes().forEach(inode -> close(inode, c.session()));
        c.replyTo().tell(Result.ok(Done.DONE));
      }
      case VolumeCommand.GetIncarnation c -> c.replyTo().tell(Result.ok(incarnation));
      case VolumeCommand.Reopen c -> c.replyTo().tell(reopen(c));
      case SessionGone c -> openFiles.forget(c.session());

      case VolumeCommand.Destroy c -> {
        destroyers.add(c.replyTo());
        if (destroyers.size() == 1) {
          destroyStep();
        }
      }
      case VolumeCommand.Initialize c ->
          enqueue(Operation.growing(n -> n.initialize(c.policy()), c.replyTo()::tell).synced());
      case VolumeCommand.Change c -> enqueue(changes.operation(c, Optional.empty()));
      case VolumeCommand.Once(OperationId id, VolumeCommand.Change c) ->
          enqueue(changes.operation(c, Optional.of(id)));
      case VolumeCommand.Once(OperationId id, VolumeCommand.OpenFile c) -> open(c, Optional.of(id));
      case VolumeCommand.Durable(VolumeCommand.Change c) ->
          enqueue(changes.operation(c, Optional.empty()).synced());
      case VolumeCommand.Once(OperationId id, VolumeCommand.Durable(VolumeCommand.Change c)) ->
          enqueue(changes.operation(c, Optional.of(id)).synced());
      case VolumeCommand.Sync c -> enqueue(Operation.sync(c.replyTo()::tell));

      case VolumeCommand.BeginTruncate c -> {
        grace.forget(c.inode());
        // On the disk before the OSDs cut, which cannot be taken back.
        enqueue(
            Operation.reclaiming(n -> n.beginTruncate(c.inode(), c.sizeBytes()), c.replyTo()::tell)
                .synced());
      }
      case VolumeCommand.EndTruncate c ->
          enqueue(
              Operation.reclaiming(
                  n -> n.endTruncate(c.inode(), c.truncateEpoch()), c.replyTo()::tell));
      case VolumeCommand.ReleaseOrphan c -> {
        if (grace.isOver()) {
          enqueue(Operation.reclaiming(n -> n.releaseOrphan(c.inode()), c.replyTo()::tell));
        } else {
          c.refuse(Errno.EAGAIN, "clients still tell what they have open");
        }
      }

      case Reaped c ->
          enqueue(
              Operation.<Done>reclaiming(
                  n -> {
                    n.removeGarbage(c.inode());
                    return Result.ok(Done.DONE);
                  },
                  result -> {}));
      case Nameless c -> {
        if (namespace.isOrphan(c.inode()) && !grace.spares(c.inode())) {
          unlinked(c.inode());
        }
      }
      case GraceOver g -> graceOver();
      case ReleaseSpared r -> releaseSpared();
      case Settle c ->
          enqueue(
              Operation.sync(
                  result -> reaper.tell(new Reaper.Settled(result instanceof Result.Ok<Done>))));
      case Forgot f -> forgot(f.result());
      case ForgetOutcomes f -> forgetOutcomes(Optional.empty());
      case DestroyStepDone d -> destroyStepDone(d.more());
      case Leased l -> tenure.leased(l.reply());
      case Renew r -> tenure.claim();
      case Begin b -> {}
      case BatchDone b -> batchDone();
      case Stop s -> stopping = true;
      case VolumeCommand.Local other -> context.getLog().warn("event=unknown message={}", other);
    }
    return stopping ? stop() : Behaviors.same();
  }

  /** When nothing waits any more, and the records tell who may be open all the same. */
  private Behavior<VolumeCommand> stop() {
    if (inFlight.isEmpty() && pending.isEmpty() && !handedAll) {
      handedAll = true;
      markHanded(openFiles.inodes());
    }
    if (!inFlight.isEmpty() || !pending.isEmpty()) {
      return Behaviors.same();
    }
    openFiles.inodes().forEach(this::handOver);
    return Behaviors.stopped();
  }

  /** Files with a name and without a truncate under way are opened here, others by their entity. */
  private void open(VolumeCommand.OpenFile c, Optional<OperationId> id) {
    if (releasing.contains(c.inode())) {
      if (heldOpens.size() < settings.maxPending()) {
        heldOpens.add(() -> open(c, id));
      } else {
        c.replyTo().tell(Result.failed(Errno.EAGAIN, "too many wait for file " + c.inode()));
      }
      return;
    }
    Result<FileDescription> described = namespace.describe(c.inode());
    if (described instanceof Result.Ok<FileDescription>(FileDescription d)
        && d.xlocs().isPresent()) {
      boolean plain = d.attributes().nlink() > 0 && !d.truncatePending();
      if (!plain || openFiles.isFull()) {
        if (d.attributes().nlink() > 0) {
          markHanded(Set.of(c.inode()));
        }
        grace.forget(c.inode());
        entities.tell(
            registry.self(), file(c.inode()), new FileCommand.Open(c.session(), c.replyTo()));
        return;
      }
      if (attempts.countsOpen(id)) {
        count(c.inode(), c.session());
      }
    }
    c.replyTo().tell(described);
  }

  private void close(long inode, ActorRef<SessionEvent> session) {
    if (!openFiles.close(inode, session)) {
      entities.tell(
          registry.self(),
          file(inode),
          new FileCommand.Close(session, context.getSystem().ignoreRef()));
    }
  }

  private void count(long inode, ActorRef<SessionEvent> session) {
    if (openFiles.open(inode, session)) {
      context.watchWith(session, new SessionGone(session));
    }
  }

  private FileId file(long inode) {
    return new FileId(partition.volume(), inode);
  }

  /** From now on the files' entities may count opens, which an unlink has to ask for. */
  private void markHanded(Set<Long> inodes) {
    if (handing.addAll(inodes)) {
      enqueue(
          Operation.<Done>reclaiming(
              n -> {
                inodes.forEach(n::markHanded);
                return Result.ok(Done.DONE);
              },
              result -> {
                if (result instanceof Result.Ok<Done>) {
                  handing.removeAll(inodes);
                }
              }));
    }
  }

  private boolean mayBeOpen(long inode) {
    return !grace.isOver()
        || openFiles.holds(inode)
        || creating.contains(inode)
        || handing.contains(inode);
  }

  private void handOver(long inode) {
    openFiles
        .handOver(inode)
        .forEach(
            h ->
                entities.tell(
                    registry.self(), file(inode), new FileCommand.Opened(h.session(), h.opens())));
  }

  private void unlinked(long inode) {
    if (!grace.isOver()) {
      if (!entityMayKnow(inode)) {
        grace.spare(inode);
      }
      return;
    }
    handOver(inode);
    entities.tell(registry.self(), file(inode), new FileCommand.Unlinked());
  }

  // ---- after a begin

  private Result<Done> reopen(VolumeCommand.Reopen c) {
    if (!c.incarnation().equals(incarnation)) {
      return Result.failed(Errno.ESTALE, "partition " + partition + " has begun anew");
    }
    if (c.files().size() > VolumeCommand.MAX_REOPENED) {
      return Result.failed(Errno.EINVAL, c.files().size() + " files at a time");
    }
    if (!openFiles.knows(c.session())) {
      context.watchWith(c.session(), new SessionGone(c.session()));
    }
    if (openFiles.begins(c.session(), c.round())) {
      c.files().forEach(f -> reopen(f.inode(), c.session(), f.opens()));
    }
    return Result.ok(Done.DONE);
  }

  /**
   * An open that an earlier Volume counted may be its entity's since. Those that are counted here
   * by now are none of the entity's.
   */
  private void reopen(long inode, ActorRef<SessionEvent> session, int opens) {
    if (releasing.contains(inode) && heldOpens.size() < settings.maxPending()) {
      heldOpens.add(() -> reopen(inode, session, opens));
      return;
    }
    if (!(namespace.describe(inode) instanceof Result.Ok<FileDescription>(FileDescription d))
        || d.xlocs().isEmpty()) {
      return;
    }
    boolean named = d.attributes().nlink() > 0;
    boolean here = grace.spares(inode) || (named && !entityMayKnow(inode));
    if (here && !openFiles.isFull()) {
      openFiles.atLeast(inode, session, opens);
      return;
    }
    int elsewhere = opens - openFiles.opens(inode, session);
    if (elsewhere > 0) {
      grace.forget(inode);
      if (named) {
        markHanded(Set.of(inode));
      }
      entities.tell(registry.self(), file(inode), new FileCommand.Reopened(session, elsewhere));
    }
  }

  private boolean entityMayKnow(long inode) {
    return handing.contains(inode)
        || namespace.isHanded(inode)
        || (namespace.describe(inode) instanceof Result.Ok<FileDescription>(FileDescription d)
            && d.truncatePending());
  }

  /** Who has not told by now has nothing open. */
  private void graceOver() {
    grace.end();
    reaper.tell(new Reaper.OpensKnown());
    releaseSpared();
  }

  /** What nobody has open goes, some at a time; the entities of the rest hear of them. */
  private void releaseSpared() {
    List<Long> some = grace.some(RELEASE_STEP);
    if (some.isEmpty()) {
      return;
    }
    List<Long> open = new ArrayList<>();
    enqueue(
        Operation.<Done>reclaiming(
            n -> {
              for (long inode : some) {
                if (openFiles.holds(inode)) {
                  open.add(inode);
                } else if (grace.spares(inode)) {
                  n.releaseOrphan(inode);
                }
              }
              return Result.ok(Done.DONE);
            },
            result -> {
              if (result instanceof Result.Ok<Done>) {
                some.forEach(grace::forget);
                open.forEach(this::unlinked);
                context.getSelf().tell(new ReleaseSpared());
              } else {
                context.scheduleOnce(RETRY, context.getSelf(), new ReleaseSpared());
              }
            }));
  }

  private Changes.Creates creates() {
    return new Changes.Creates() {
      @Override
      public Result<CreatedFile> create(VolumeCommand.CreateFile c, NamespaceChange n) {
        return creating(c, n);
      }

      @Override
      public void created(
          VolumeCommand.CreateFile c, Optional<OperationId> id, Result<CreatedFile> result) {
        VolumeEntity.this.created(c, id, result);
      }
    };
  }

  private Result<CreatedFile> creating(VolumeCommand.CreateFile c, NamespaceChange n) {
    Result<CreatedFile> result =
        n.createFile(c.parent(), c.name(), c.mode(), c.caller(), c.exclusive());
    if (result instanceof Result.Ok<CreatedFile>(CreatedFile created) && c.opener().isPresent()) {
      creating.add(created.file().attributes().inode());
    }
    return result;
  }

  /** The opener is counted before it learns of its file. */
  private void created(
      VolumeCommand.CreateFile c, Optional<OperationId> id, Result<CreatedFile> result) {
    if (result instanceof Result.Ok<CreatedFile>(CreatedFile created)
        && created.file().xlocs().isPresent()
        && c.opener().isPresent()
        && attempts.countsOpen(id)) {
      long inode = created.file().attributes().inode();
      ActorRef<SessionEvent> opener = c.opener().get();
      if (openFiles.isFull()) {
        markHanded(Set.of(inode));
        entities.tell(registry.self(), file(inode), new FileCommand.Opened(opener, 1));
      } else {
        count(inode, opener);
      }
    }
    c.replyTo().tell(result);
  }

  private void enqueue(Operation<?> operation) {
    if (attempts.join(operation)) {
      return;
    }
    if (pending.size() >= settings.maxPending()) {
      operation.fail(Errno.EAGAIN, "partition " + partition + " has too many changes waiting");
      return;
    }
    attempts.begun(operation);
    pending.add(operation);
    if (inFlight.isEmpty()) {
      nextBatch();
    }
  }

  private void nextBatch() {
    while (inFlight.isEmpty() && !pending.isEmpty()) {
      if (!tenure.mayChange()) {
        failPending(Errno.EAGAIN, "partition " + partition + " has lost its lease");
        return;
      }
      boolean room = store.hasRoom();
      Overlay overlay = new Overlay(records);
      creating.clear();
      NamespaceChange change =
          new NamespaceChange(
              partition, overlay, FileTime.of(clock.instant()), placing, this::mayBeOpen);
      List<Operation<?>> batch = new ArrayList<>();
      List<Runnable> batchAnswers = new ArrayList<>();
      boolean reclaims = true;
      boolean sync = lag.begin(change);
      while (batch.size() < settings.maxBatch()
          && overlay.bytes() < tenure.batchBytes()
          && !pending.isEmpty()) {
        Operation<?> operation = pending.remove();
        if (!room && !operation.reclaims()) {
          attempts.ended(operation);
          operation.fail(Errno.ENOSPC, "the MRC's disk is full");
          continue;
        }
        batchAnswers.add(operation.apply(change));
        batch.add(operation);
        reclaims &= operation.reclaims();
        sync |= operation.syncs();
      }
      for (long inode : change.unlinked()) {
        batchAnswers.add(() -> unlinked(inode));
      }
      if (!change.discarded().isEmpty()) {
        Reaper.Discarded discarded = new Reaper.Discarded(change.discarded());
        batchAnswers.add(() -> reaper.tell(discarded));
      }
      inFlight = batch;
      answers = batchAnswers;
      if (overlay.isEmpty() && !lag.needsCommit(sync)) {
        answer();
        continue;
      }
      releasing = change.discarded().stream().map(Tree.Garbage::inode).collect(Collectors.toSet());
      committer.tell(
          new Committer.Commit(
              lag.event(tenure.epoch(), changesOf(overlay), reclaims, sync), commits));
    }
  }

  private static List<RecordChange> changesOf(Overlay overlay) {
    List<RecordChange> changes = new ArrayList<>();
    overlay.forEach(
        (table, key, value) -> changes.add(new RecordChange(table.index(), key, value)));
    return changes;
  }

  private void batchDone() {
    lag.committed();
    answer();
    nextBatch();
  }

  /** What the answers ask for waits until all are given: the next batch has to know all opens. */
  private void answer() {
    answers.forEach(Runnable::run);
    batchEnded();
  }

  private void batchEnded() {
    inFlight.forEach(attempts::ended);
    inFlight = List.of();
    answers = List.of();
    releasing = Set.of();
    List<Runnable> held = heldOpens;
    heldOpens = new ArrayList<>();
    held.forEach(Runnable::run);
  }

  /** The persist failed. Whether the batch is durable is unknown; its callers are told an error. */
  private Behavior<VolumeCommand> committerEnded() {
    if (!tenure.survivesFailure()) {
      return ended();
    }
    Errno errno = store.hasRoom() ? Errno.EIO : Errno.ENOSPC;
    committer = startCommitter(context, partition);
    inFlight.forEach(o -> o.fail(errno, "the MRC could not write its journal"));
    batchEnded();
    nextBatch();
    return stopping ? stop() : Behaviors.same();
  }

  private void failPending(Errno errno, String detail) {
    pending.forEach(attempts::ended);
    pending.forEach(o -> o.fail(errno, detail));
    pending.clear();
  }

  // ---- what clients may ask for again

  private void forgetOutcomes(Optional<byte[]> after) {
    long before = clock.instant().minus(REMEMBERED).getEpochSecond();
    enqueue(
        Operation.<Optional<byte[]>>reclaiming(
            n -> Result.ok(n.forgetOutcomes(after, before, FORGET_STEP)),
            result -> context.getSelf().tell(new Forgot(result))));
  }

  /** What was refused is tried again at the next time. */
  private void forgot(Result<Optional<byte[]>> result) {
    if (result instanceof Result.Ok<Optional<byte[]>>(Optional<byte[]> seen) && seen.isPresent()) {
      forgetOutcomes(seen);
    }
  }

  // ---- removal of the whole volume

  private void destroyStep() {
    enqueue(
        Operation.<Boolean>reclaiming(
            n -> Result.ok(n.destroyStep(DESTROY_STEP)),
            result -> context.getSelf().tell(new DestroyStepDone(result))));
  }

  private void destroyStepDone(Result<Boolean> more) {
    if (more instanceof Result.Ok<Boolean>(Boolean recordsLeft)) {
      if (recordsLeft) {
        destroyStep();
      } else if (!namespace.garbage(0, 1).isEmpty()) {
        // The reaper still deletes objects; the DIR asks again.
        reaper.tell(new Reaper.Rescan());
        answerDestroyers(Result.failed(Errno.EAGAIN, "objects are still being deleted"));
      } else {
        enqueue(
            Operation.<Done>reclaiming(
                    n -> {
                      n.removeHead();
                      return Result.ok(Done.DONE);
                    },
                    this::answerDestroyers)
                .synced());
      }
    } else if (more instanceof Result.Failed<Boolean> f) {
      answerDestroyers(f.as());
    }
  }

  private void answerDestroyers(Result<Done> result) {
    destroyers.forEach(d -> d.tell(result));
    destroyers.clear();
  }
}
