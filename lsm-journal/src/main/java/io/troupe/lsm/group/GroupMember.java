package io.troupe.lsm.group;

import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.replicated.LogEffect;
import io.troupe.lsm.replicated.LogEntry;
import io.troupe.lsm.replicated.LogInput;
import io.troupe.lsm.replicated.LogMessage;
import io.troupe.lsm.replicated.MemberId;
import io.troupe.lsm.replicated.Membership;
import io.troupe.lsm.replicated.ReplicatedLog;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of a group: carries out what its {@link ReplicatedLog} wants. All methods are to be
 * called on one thread, the one that {@code self} runs tasks on; none blocks.
 *
 * <p>Inputs are messages, ticks, the lease and proposals. What the disk has done comes back by way
 * of {@code self}. Bounded are proposals, entries that wait for the disk (those of others are lost
 * beyond, and come again), the cache of entries, shipments to a member, chunks on their way, and
 * snapshots that are sent at a time.
 *
 * <p>When the store fails, or something does not fit together, the member ends: {@link
 * Outlet#failed} says why. A store that is full or busy only makes it wait.
 */
public final class GroupMember implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GroupMember.class);

  private final GroupSettings settings;
  private final GroupStore store;
  private final LongSupplier nanoClock;
  private final Outlet outlet;
  private final Home home;
  private final ReplicatedLog core;
  private final Recent recent;
  private final LogSizes sizes;
  private final EntryCheck check;
  private final Proposals proposals = new Proposals();
  private final CommitLane persistLane;
  private final CommitLane applyLane;
  private final CommitLane trimLane;
  private final CommitLane stagingLane;
  private final PersistQueue persist;
  private final Applier applier;
  private final Shipper shipper;
  private final SnapshotSender sender;
  private final Installation installation;
  private final SnapshotReceiver receiver;
  private final LogTrim trim;
  private final Deque<LogInput> inputs = new ArrayDeque<>();
  private boolean leaseHeld;
  private boolean working;
  private long lastTaken; // where the log ends, with what is on its way to the disk
  private long servingEpoch; // that the log serves; 0 if none
  private long servesFrom; // as soon as that is applied
  private boolean serving;

  /**
   * A member that takes part from now on.
   *
   * @param self runs what it is given on the member's thread, later, in order
   * @param reader may block; runs what it is given on any thread, and never refuses
   * @param nanoClock never goes back
   * @param transferIds never the same twice, not after a restart either
   */
  public GroupMember(
      GroupStart start,
      Executor self,
      Executor reader,
      LongSupplier nanoClock,
      LongSupplier transferIds,
      Outlet outlet) {
    this.settings = start.settings();
    this.store = start.store();
    this.nanoClock = nanoClock;
    this.outlet = outlet;
    this.home = new Home(self, reader, this::fail);
    LogStore log = start.log();
    Staging staging = start.staging();
    StateRanges ranges = start.ranges();
    Loaded loaded = start.loaded();
    this.sizes = start.sizes();
    this.core =
        new ReplicatedLog(
            settings.self(),
            settings.log(),
            loaded.outline(),
            loaded.promised(),
            loaded.applied().index());
    this.lastTaken = loaded.outline().lastIndex();
    this.check = new EntryCheck(settings.ranges());
    this.recent = new Recent(settings.cacheBytes());
    this.persistLane = new CommitLane(store, home);
    this.applyLane = new CommitLane(store, home);
    this.trimLane = new CommitLane(store, home);
    this.stagingLane = new CommitLane(store, home);
    this.persist =
        new PersistQueue(log, staging, persistLane, loaded.outline().lastIndex(), this::persisted);
    this.applier =
        new Applier(
            store, home, log, ranges, core, recent, applyLane, loaded.applied(), this::progressed);
    this.shipper = new Shipper(store, home, log, recent, outlet, settings.messageBytes());
    this.sender = new SnapshotSender(store, home, log, ranges, settings, outlet, transferIds);
    this.installation =
        new Installation(
            store,
            home,
            log,
            staging,
            ranges,
            core,
            applier,
            persist,
            stagingLane,
            this::installed);
    this.receiver =
        new SnapshotReceiver(
            core, staging, ranges, installation, stagingLane, outlet, settings.log().retryNanos());
    this.trim = new LogTrim(log, sizes, core, sender, trimLane, this::input);
  }

  // ---- what comes in

  /** A message of another member arrived. */
  public void received(MemberId from, GroupMessage message) {
    guarded(
        () -> {
          long now = nanoClock.getAsLong();
          switch (message) {
            case GroupMessage.OfLog(LogMessage ofLog) -> receivedOfLog(from, ofLog);
            case GroupMessage.Offer offer -> receiver.onOffer(from, offer, now);
            case GroupMessage.Chunk chunk -> receiver.onChunk(from, chunk, now);
            case GroupMessage.Pull pull -> sender.onPull(from, pull, now);
            case GroupMessage.Close(long transfer) -> {
              sender.onClose(from, transfer);
              receiver.onClose(from, transfer);
            }
          }
        });
  }

  /** Time went on; to be called at least at each {@code retryNanos} of the settings of the log. */
  public void tick() {
    guarded(
        () -> {
          long now = nanoClock.getAsLong();
          persistLane.onTick();
          applyLane.onTick();
          trimLane.onTick();
          stagingLane.onTick();
          sender.onTick(now);
          receiver.onTick(now);
          input(new LogInput.Tick());
        });
  }

  /** This member holds the lease of the group: it is to serve. */
  public void leaseGained() {
    leaseHeld = true;
    guarded(() -> input(new LogInput.LeaseGained()));
  }

  /** It does not any more. */
  public void leaseLost() {
    leaseHeld = false;
    guarded(() -> input(new LogInput.LeaseLost()));
  }

  /**
   * A member without a vote gets the log, or not any more; a member that does not serve forgets.
   */
  public void learner(MemberId member, boolean wanted) {
    guarded(() -> input(new LogInput.Learner(member, wanted)));
  }

  /** Takes no more proposals, and hands the lease over when that voter has everything. */
  public void transfer(MemberId to) {
    guarded(() -> input(new LogInput.Transfer(to)));
  }

  /**
   * Replicates a batch of changes to the group's ranges.
   *
   * @return completed with the index of its entry, on the member's thread, when a majority has it
   *     on disk and it is applied here: whoever proposed it reads it. Fails with a {@link
   *     ProposalException}
   * @throws IllegalArgumentException when the batch expects something, or names keys that the group
   *     does not own
   */
  public CompletionStage<Long> propose(WriteBatch batch) {
    byte[] bytes = PortableBatch.encode(batch, settings.ranges());
    if (bytes.length > GroupSettings.MAX_CONTENT_BYTES) {
      return refused(
          ProposalException.Kind.TOO_LARGE,
          "a proposal of "
              + bytes.length
              + " bytes, at most "
              + GroupSettings.MAX_CONTENT_BYTES
              + ": split it");
    }
    return propose(new LogEntry.Batch(bytes), bytes.length);
  }

  /** Proposes who votes from now on; one voter more or less at a time. As {@link #propose}. */
  public CompletionStage<Long> changeMembership(Membership membership) {
    return propose(new LogEntry.Members(membership), EntryFormat.OVERHEAD_BYTES);
  }

  /** Ends the member; what it has under way on the disk may still happen. */
  @Override
  public void close() {
    if (!home.hasEnded()) {
      end("it was closed");
    }
  }

  // ---- what it is

  /**
   * Whether its state has everything that was ever committed, so that reads are current as long as
   * it holds the lease.
   */
  public boolean isServing() {
    return serving;
  }

  /** Whose entries it takes, as far as it knows. */
  public Optional<MemberId> masterHint() {
    return core.masterHint();
  }

  public Membership membership() {
    return core.membership();
  }

  /** Entries up to here are committed, as far as it knows. */
  public long committed() {
    return core.committed();
  }

  /** Entries up to here are in the group's ranges. */
  public long applied() {
    return applier.applied().index();
  }

  /** Proposals that are neither applied nor refused. */
  public int underWay() {
    return proposals.count();
  }

  /** How far another member has the log; empty when this one is not master or does not feed it. */
  public Optional<Long> match(MemberId member) {
    return core.match(member);
  }

  /** How far a snapshot has come that it gets; empty when it gets none. */
  public Optional<TransferProgress> transferProgress() {
    return receiver.progress();
  }

  @Override
  public String toString() {
    return settings.group() + " at " + settings.self() + ": " + core + ", applied to " + applied();
  }

  // ---- inside

  private void guarded(Runnable task) {
    if (!home.hasEnded()) {
      home.guarded(task);
    }
  }

  private void receivedOfLog(MemberId from, LogMessage message) {
    boolean brings = message instanceof LogMessage.Append || message instanceof LogMessage.Fetched;
    if (brings && (installation.isEnding() || persist.bytes() > settings.unwrittenBytes())) {
      return; // comes again
    }
    if (message instanceof LogMessage.Append append && onlyGrows(append) && !store.hasRoom()) {
      return; // comes again, perhaps with what frees room
    }
    try {
      check.check(message);
    } catch (MalformedException e) {
      LOG.warn("group={} from={} refused={}", settings.group(), from, e.getMessage());
      return;
    }
    input(new LogInput.Received(from, message));
  }

  /**
   * Whether entries take room and none gives any. One that does, or that lets another member serve,
   * is taken with all that is in front of it: else nothing could ever free the disks of a group
   * that became full together.
   */
  private static boolean onlyGrows(LogMessage.Append append) {
    for (LogEntry entry : append.entries()) {
      if (!grows(entry.content())) {
        return false;
      }
    }
    return !append.entries().isEmpty();
  }

  private static boolean grows(LogEntry.Content content) {
    return content instanceof LogEntry.Batch(byte[] bytes) && !PortableBatch.reclaims(bytes);
  }

  private CompletionStage<Long> propose(LogEntry.Content content, long bytes) {
    if (home.hasEnded()) {
      return refused(ProposalException.Kind.ENDED, "the member has ended");
    }
    if (!serving) {
      return refused(ProposalException.Kind.NOT_MASTER, settings.self() + " is not the master");
    }
    if (grows(content) && !store.hasRoom()) {
      return refused(ProposalException.Kind.NO_SPACE, "the disk is nearly full");
    }
    if (proposals.count() >= settings.proposals()
        || proposals.bytes() + bytes > settings.proposalBytes()) {
      return refused(
          ProposalException.Kind.OVERLOADED,
          proposals.count() + " proposals of " + proposals.bytes() + " bytes are under way");
    }
    CompletableFuture<Long> done = proposals.offer(content, bytes);
    guarded(() -> input(new LogInput.Propose(content)));
    return done;
  }

  private static CompletionStage<Long> refused(ProposalException.Kind kind, String why) {
    return CompletableFuture.failedFuture(new ProposalException(kind, why));
  }

  /** Gives the log something, after what it is still at. */
  private void input(LogInput input) {
    inputs.add(input);
    if (working) {
      return;
    }
    working = true;
    try {
      while (!inputs.isEmpty() && !home.hasEnded()) {
        LogInput next = inputs.remove();
        before(next);
        for (LogEffect effect : core.on(next, nanoClock.getAsLong())) {
          carryOut(effect);
        }
      }
    } finally {
      working = false;
    }
  }

  /** The state was replaced. */
  private void installed(LogInput input) {
    // Who writes the log of an epoch has all that was committed before: whoever needed the state
    // of another is master of an old one, and must not write behind what it just got.
    boolean wasMaster = core.masterHint().equals(Optional.of(settings.self()));
    if (wasMaster && input instanceof LogInput.SnapshotInstalled) {
      input(new LogInput.LeaseLost());
    }
    input(input);
    if (wasMaster && leaseHeld) {
      input(new LogInput.LeaseGained());
    }
  }

  /** What is kept beside the log changes with it. */
  private void before(LogInput input) {
    switch (input) {
      case LogInput.SnapshotInstalled installed -> {
        if (core.has(installed.position())) {
          sizes.drop(installed.position().index());
        } else {
          cut(0);
        }
      }
      case LogInput.Compacted(long index) -> sizes.drop(index);
      default -> {}
    }
  }

  private void carryOut(LogEffect effect) {
    switch (effect) {
      case LogEffect.PersistPromise promise -> persist.promise(promise);
      case LogEffect.PersistEntries entries -> persistEntries(entries);
      case LogEffect.Send(MemberId to, LogMessage message) ->
          outlet.send(to, new GroupMessage.OfLog(message));
      case LogEffect.Ship ship -> shipper.ship(ship);
      case LogEffect.ShipSnapshot(MemberId to, long epoch) -> {
        if (!installation.isActive()) {
          sender.ship(to, applied(), nanoClock.getAsLong());
        }
      }
      case LogEffect.Commit(long index) -> applier.commit(index);
      case LogEffect.Serve(long epoch) -> {
        servingEpoch = epoch;
        servesFrom = core.committed();
        serveIfApplied();
      }
      case LogEffect.StopServing(long epoch) -> stopServing();
      case LogEffect.Rejected(LogEntry.Content content, String why) ->
          proposals.rejected(
              content,
              new ProposalException(
                  content instanceof LogEntry.Members && core.isServing()
                      ? ProposalException.Kind.REFUSED
                      : ProposalException.Kind.NOT_MASTER,
                  why));
      case LogEffect.ReleaseLease(Optional<MemberId> to) -> outlet.releaseLease(to);
    }
  }

  private void persistEntries(LogEffect.PersistEntries effect) {
    if (effect.cutFrom() <= lastTaken) {
      cut(effect.cutFrom());
    }
    for (LogEntry entry : effect.entries()) {
      recent.add(entry);
      sizes.add(entry.index(), EntryFormat.bytes(entry));
      proposals.taken(entry);
      lastTaken = entry.index();
    }
    persist.entries(effect);
  }

  private void cut(long from) {
    recent.cut(from);
    sizes.cut(from);
    shipper.cut();
  }

  private void persisted(long ticket) {
    recent.trim(persist.pendingFrom());
    input(new LogInput.Persisted(ticket));
  }

  private void progressed() {
    long applied = applied();
    proposals.applied(applied);
    serveIfApplied();
    if (!installation.isActive()) {
      trim.applied(applied);
    }
  }

  private void serveIfApplied() {
    if (servingEpoch > 0 && !serving && applied() >= servesFrom) {
      serving = true;
      outlet.serving(servingEpoch);
    }
  }

  private void stopServing() {
    long epoch = servingEpoch;
    servingEpoch = 0;
    proposals.unknown(
        core.committed(),
        new ProposalException(
            ProposalException.Kind.UNKNOWN,
            settings.self() + " stopped serving before it was known"));
    if (serving) {
      serving = false;
      outlet.stoppedServing(epoch);
    }
  }

  private void fail(Throwable why) {
    end(why.toString());
    outlet.failed(why);
  }

  private void end(String why) {
    home.end();
    sender.close();
    proposals.end(
        new ProposalException(ProposalException.Kind.UNKNOWN, "the member has ended: " + why));
    if (serving) {
      serving = false;
      outlet.stoppedServing(servingEpoch);
    }
  }
}
