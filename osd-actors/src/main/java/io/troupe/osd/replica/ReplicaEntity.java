package io.troupe.osd.replica;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.replica.ReplicaDescription;
import io.troupe.actors.replica.Synced;
import io.troupe.actors.stream.ObjectRequest;
import io.troupe.lsm.StoreException;
import io.troupe.osd.OsdSettings;
import io.troupe.osd.store.FileObjects;
import io.troupe.osd.store.StoreFailure;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The Replica entity. It runs on the disk's threads and writes by itself, one request after the
 * other; reads go to further disk threads and run beside each other. A write waits for the reads
 * before it, and what comes behind it waits for it: no request sees half of another.
 *
 * <p>There is at most one commit at a time. Reads and writes go on beside a sync; a truncate or a
 * delete waits for it, and everything waits for a truncate or a delete.
 */
public final class ReplicaEntity {
  /** Tells the entity to sync what it holds and stop. */
  public record Stop() implements ReplicaCommand.Local {}

  private record ReadDone() implements ReplicaCommand.Local {}

  private record CommitDone(@Nullable Throwable failure) implements ReplicaCommand.Local {}

  private record SyncDue() implements ReplicaCommand.Local {}

  /** Reads a file's state. */
  public interface Opener {
    /** May wait for the disk. */
    FileObjects open() throws StoreFailure;
  }

  /** How often a sync that finds no room is tried again before the entity stops without it. */
  private static final int STOP_TRIES = 10;

  private static final Duration STOP_RETRY = Duration.ofMillis(300);

  /** Who waits for the commit under way. */
  private sealed interface Commit {
    record Sync(List<ActorRef<Result<Synced>>> asked) implements Commit {}

    /** Truncate or delete. */
    record Cut(ActorRef<Result<Done>> replyTo) implements Commit {}
  }

  private final ActorContext<ReplicaCommand> context;
  private final TimerScheduler<ReplicaCommand> timers;
  private final OsdSettings settings;
  private final Executor disk;
  private final FileObjects objects;
  private int readsUnderWay;
  private final Deque<ReplicaCommand> waiting = new ArrayDeque<>();
  private @Nullable Commit underWay;

  /** To be answered by the sync after the commit under way. */
  private List<ActorRef<Result<Synced>>> nextSync = new ArrayList<>();

  /** The last commit found no room for its index records. */
  private boolean noRoom;

  private boolean stopping;
  private int triesLeft = STOP_TRIES;

  /**
   * Why nothing is served any more: a commit failed, and with it the knowledge of what is on the
   * disk.
   */
  private @Nullable String broken;

  private ReplicaEntity(
      ActorContext<ReplicaCommand> context,
      TimerScheduler<ReplicaCommand> timers,
      FileObjects objects,
      OsdSettings settings,
      Executor disk) {
    this.context = context;
    this.timers = timers;
    this.objects = objects;
    this.settings = settings;
    this.disk = disk;
  }

  /**
   * The entity of one file on this OSD.
   *
   * @param disk threads for reads
   */
  public static Behavior<ReplicaCommand> create(Opener open, OsdSettings settings, Executor disk) {
    return Behaviors.setup(
        context -> {
          FileObjects objects;
          try {
            objects = open.open();
          } catch (StoreFailure e) {
            context.getLog().error("replica={} event=open-failed", name(context), e);
            return unreadable(e);
          }
          return Behaviors.withTimers(
              timers -> {
                ReplicaEntity entity = new ReplicaEntity(context, timers, objects, settings, disk);
                return Behaviors.receive(ReplicaCommand.class)
                    .onSignal(PostStop.class, s -> entity.stopped())
                    .onAnyMessage(entity::receive)
                    .build();
              });
        });
  }

  /** Nothing is known of the file: nothing is served before the next start of the entity. */
  private static Behavior<ReplicaCommand> unreadable(StoreFailure why) {
    return Behaviors.receive(ReplicaCommand.class)
        .onAnyMessage(
            command -> {
              if (command instanceof Stop) {
                return Behaviors.stopped();
              }
              refuse(command, why.errno(), why.detail());
              return Behaviors.same();
            })
        .build();
  }

  private static String name(ActorContext<ReplicaCommand> context) {
    return context.getSelf().path().name();
  }

  private Behavior<ReplicaCommand> receive(ReplicaCommand command) {
    switch (command) {
      case ReadDone d -> readsUnderWay--;
      case CommitDone d -> commitDone(d.failure());
      case SyncDue d -> startSync();
      case Stop s -> {
        stopping = true;
        startSync();
      }
      default -> {
        if (waiting.size() >= settings.maxWaiting()) {
          refuse(command, Errno.EBUSY, "too many requests wait for this file");
        } else {
          waiting.add(command);
        }
      }
    }
    runWaiting();
    return stopping && isAtRest() ? Behaviors.stopped() : Behaviors.same();
  }

  private boolean isAtRest() {
    return underWay == null
        && waiting.isEmpty()
        && readsUnderWay == 0
        && (!objects.isDirty() || broken != null || triesLeft <= 0);
  }

  // ---- the order of requests

  private void runWaiting() {
    for (ReplicaCommand next = waiting.peek();
        next != null && mayRun(next);
        next = waiting.peek()) {
      waiting.remove();
      run(next);
    }
  }

  private boolean mayRun(ReplicaCommand next) {
    if (broken != null) {
      return true;
    }
    if (underWay instanceof Commit.Cut) {
      return false;
    }
    return switch (next) {
      case ObjectTask t when isRead(t) -> true;
      // What a slow sync leaves behind has a bound: as much again as began it.
      case ObjectTask t ->
          readsUnderWay == 0
              && (underWay == null || objects.dirtyObjects() < settings.maxDirtyObjects());
      case ReplicaCommand.Truncate t -> readsUnderWay == 0 && underWay == null;
      case ReplicaCommand.Delete d -> readsUnderWay == 0 && underWay == null;
      case ReplicaCommand.Sync s -> true;
      case ReplicaCommand.Describe d -> true;
      case ReplicaCommand.Local other -> true;
    };
  }

  private static boolean isRead(ObjectTask t) {
    return t.request().kind() == ObjectRequest.Kind.READ;
  }

  private void run(ReplicaCommand command) {
    if (broken != null) {
      refuse(command, Errno.EIO, broken);
      return;
    }
    switch (command) {
      case ObjectTask t when objects.isDeleted() ->
          t.answer().failed(Errno.ESTALE, "the file was deleted");
      case ObjectTask t when isRead(t) -> read(t);
      case ObjectTask t -> write(t);
      case ReplicaCommand.Sync s -> {
        nextSync.add(s.replyTo());
        startSync();
      }
      case ReplicaCommand.Truncate t ->
          cut(() -> objects.truncate(t.truncateEpoch(), t.sizeBytes(), t.location()), t.replyTo());
      case ReplicaCommand.Delete d -> cut(objects::delete, d.replyTo());
      case ReplicaCommand.Describe d -> describe(d.replyTo());
      case ReplicaCommand.Local other -> context.getLog().warn("event=unknown message={}", other);
    }
  }

  private void read(ObjectTask task) {
    ObjectRequest r = task.request();
    FileObjects.Extract extract;
    try {
      extract = objects.locate(r.object(), r.offsetInObject(), r.lengthBytes());
    } catch (StoreFailure e) {
      task.answer().failed(e.errno(), e.detail());
      return;
    }
    ActorRef<ReplicaCommand> self = context.getSelf();
    readsUnderWay++;
    disk.execute(
        () -> {
          try {
            MemorySegment scratch = Scratch.ofThisThread().asSlice(0, extract.scratchBytes());
            task.answer().ok(extract.read(scratch), extract.owner().incarnation());
          } catch (StoreFailure e) {
            task.answer().failed(e.errno(), e.detail());
          } finally {
            self.tell(new ReadDone());
          }
        });
  }

  private void write(ObjectTask task) {
    ObjectRequest r = task.request();
    if (r.truncateEpoch() < objects.truncateEpoch()) {
      task.answer()
          .failed(
              Errno.EAGAIN,
              "the file was truncated: epoch "
                  + objects.truncateEpoch()
                  + ", the write's is "
                  + r.truncateEpoch());
      return;
    }
    if (noRoom && objects.dirtyObjects() >= settings.maxDirtyObjects()) {
      task.answer().failed(Errno.ENOSPC, "no room for the object index");
      return;
    }
    try {
      objects.write(r.object(), r.offsetInObject(), task.payload());
      task.answer().ok(MemorySegment.NULL, objects.incarnation());
    } catch (StoreFailure e) {
      task.answer().failed(e.errno(), e.detail());
    }
    if (objects.dirtyObjects() >= settings.maxDirtyObjects() && !noRoom) {
      startSync();
    } else {
      syncLater();
    }
  }

  private void describe(ActorRef<Result<ReplicaDescription>> replyTo) {
    try {
      replyTo.tell(Result.ok(objects.describe()));
    } catch (StoreFailure e) {
      replyTo.tell(Result.failed(e.errno(), e.detail()));
    }
  }

  // ---- durability

  /** What is asked for while a commit runs is begun when that is done. */
  private void startSync() {
    if (underWay != null || broken != null) {
      return;
    }
    timers.cancel(SyncDue.class);
    List<ActorRef<Result<Synced>>> asked = nextSync;
    nextSync = new ArrayList<>();
    if (objects.isDirty()) {
      follow(new Commit.Sync(asked), objects.sync());
    } else {
      asked.forEach(r -> r.tell(Result.ok(new Synced(objects.incarnation()))));
    }
  }

  private void syncLater() {
    if (objects.isDirty() && !timers.isTimerActive(SyncDue.class)) {
      timers.startSingleTimer(
          SyncDue.class, new SyncDue(), stopping ? STOP_RETRY : settings.syncInterval());
    }
  }

  private interface Cutting {
    CompletionStage<Void> begin() throws StoreFailure;
  }

  private void cut(Cutting cutting, ActorRef<Result<Done>> replyTo) {
    try {
      follow(new Commit.Cut(replyTo), cutting.begin());
    } catch (StoreFailure e) {
      replyTo.tell(Result.failed(e.errno(), e.detail()));
    }
  }

  private void follow(Commit commit, CompletionStage<Void> stage) {
    underWay = commit;
    ActorRef<ReplicaCommand> self = context.getSelf();
    stage.whenComplete((nothing, failure) -> self.tell(new CommitDone(failure)));
  }

  private void commitDone(@Nullable Throwable failure) {
    Commit done = underWay;
    underWay = null;
    noRoom = failure != null && foundNoRoom(failure);
    if (failure == null) {
      objects.committed();
      answer(done, Result.ok(new Synced(objects.incarnation())));
    } else if (noRoom) {
      objects.foundNoRoom();
      answer(done, Result.failed(Errno.ENOSPC, "no room for the object index"));
    } else {
      fail(done, failure);
      return;
    }
    if (stopping && noRoom && --triesLeft <= 0) {
      giveUp();
    } else if (!nextSync.isEmpty() || (stopping && !noRoom)) {
      startSync();
    } else {
      syncLater();
    }
  }

  private static void answer(@Nullable Commit commit, Result<Synced> outcome) {
    switch (commit) {
      case null -> {}
      case Commit.Sync(List<ActorRef<Result<Synced>>> asked) -> asked.forEach(r -> r.tell(outcome));
      case Commit.Cut(ActorRef<Result<Done>> replyTo) -> replyTo.tell(outcome.map(s -> Done.DONE));
    }
  }

  /**
   * What was not durable is lost to everybody's knowledge: EIO until the entity is started anew.
   */
  private void fail(@Nullable Commit commit, Throwable failure) {
    String why = "a sync failed: " + rootOf(failure);
    broken = why;
    context.getLog().error("replica={} event=sync-failed", name(context), failure);
    objects.abandon();
    answer(commit, Result.failed(Errno.EIO, why));
    refuseSyncs(Errno.EIO, why);
  }

  /** No sync has told anybody that these bytes are durable; the next incarnation tells the rest. */
  private void giveUp() {
    context
        .getLog()
        .error(
            "replica={} event=unsynced-data-lost objects={} cause=no-room",
            name(context),
            objects.dirtyObjects());
    refuseSyncs(Errno.ENOSPC, "no room for the object index");
  }

  private void refuseSyncs(Errno errno, String detail) {
    nextSync.forEach(r -> r.tell(Result.failed(errno, detail)));
    nextSync = new ArrayList<>();
  }

  /** Also called where the entity dies of an exception: nobody may wait for ever. */
  private Behavior<ReplicaCommand> stopped() {
    if (broken == null && (underWay != null || objects.isDirty())) {
      objects.abandon();
    }
    answer(underWay, Result.failed(Errno.EIO, "the replica was stopped"));
    refuseSyncs(Errno.EIO, "the replica was stopped");
    waiting.forEach(w -> refuse(w, Errno.EIO, "the replica was stopped"));
    waiting.clear();
    return Behaviors.same();
  }

  private static Throwable rootOf(Throwable t) {
    return t instanceof CompletionException && t.getCause() != null ? t.getCause() : t;
  }

  /** The index has taken nothing, and may take it later. */
  private static boolean foundNoRoom(Throwable t) {
    return rootOf(t) instanceof StoreException e
        && (e.kind() == StoreException.Kind.NO_SPACE || e.kind() == StoreException.Kind.OVERLOADED);
  }

  private static void refuse(ReplicaCommand command, Errno errno, String detail) {
    switch (command) {
      case ObjectTask t -> t.answer().failed(errno, detail);
      case ReplicaCommand.Sync s -> s.replyTo().tell(Result.failed(errno, detail));
      case ReplicaCommand.Truncate t -> t.replyTo().tell(Result.failed(errno, detail));
      case ReplicaCommand.Delete d -> d.replyTo().tell(Result.failed(errno, detail));
      case ReplicaCommand.Describe d -> d.replyTo().tell(Result.failed(errno, detail));
      case ReplicaCommand.Local other -> {}
    }
  }
}
