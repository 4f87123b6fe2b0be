package io.troupe.osd.replica;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.replica.ReplicaDescription;
import io.troupe.actors.stream.ObjectRequest;
import io.troupe.lsm.StoreException;
import io.troupe.osd.OsdSettings;
import io.troupe.osd.store.FileObjects;
import io.troupe.osd.store.StoreFailure;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The Replica entity. It runs on the disk's threads and writes by itself, one request after the
 * other; reads go to further disk threads and run beside each other. A write waits for the reads
 * before it, and what comes behind it waits for it: no request sees half of another.
 */
public final class ReplicaEntity {
  /** Tells the entity to stop. */
  public record Stop() implements ReplicaCommand.Local {}

  private record ReadDone() implements ReplicaCommand.Local {}

  private record SyncDone(@Nullable Throwable failure) implements ReplicaCommand.Local {}

  private record SyncDue() implements ReplicaCommand.Local {}

  private final ActorContext<ReplicaCommand> context;
  private final TimerScheduler<ReplicaCommand> timers;
  private final Supplier<FileObjects> reopen;
  private final OsdSettings settings;
  private final Executor disk;
  private FileObjects objects;
  private int readsUnderWay;
  private final Deque<ReplicaCommand> waiting = new ArrayDeque<>();

  /** Answered by the sync under way. */
  private List<ActorRef<Result<Done>>> syncing = new ArrayList<>();

  /** To be answered by the one after it. */
  private List<ActorRef<Result<Done>>> nextSync = new ArrayList<>();

  private boolean syncUnderWay;
  private boolean stopping;

  /**
   * Why nothing is served any more: a sync failed, and with it the knowledge of what is on the
   * disk.
   */
  private @Nullable String broken;

  private ReplicaEntity(
      ActorContext<ReplicaCommand> context,
      TimerScheduler<ReplicaCommand> timers,
      Supplier<FileObjects> open,
      OsdSettings settings,
      Executor disk) {
    this.context = context;
    this.timers = timers;
    this.reopen = open;
    this.settings = settings;
    this.disk = disk;
    this.objects = open.get();
  }

  /**
   * The entity of one file on this OSD.
   *
   * @param open reads the file's state; may wait for the disk
   * @param disk threads for reads
   */
  public static Behavior<ReplicaCommand> create(
      Supplier<FileObjects> open, OsdSettings settings, Executor disk) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    Behaviors.receive(ReplicaCommand.class)
                        .onAnyMessage(
                            new ReplicaEntity(context, timers, open, settings, disk)::receive)
                        .build()));
  }

  private Behavior<ReplicaCommand> receive(ReplicaCommand command) {
    switch (command) {
      case ReadDone d -> {
        readsUnderWay--;
        runWaiting();
      }
      case SyncDone d -> syncDone(d.failure());
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
          runWaiting();
        }
      }
    }
    return stopping && !syncUnderWay && waiting.isEmpty() && readsUnderWay == 0
        ? Behaviors.stopped()
        : Behaviors.same();
  }

  private void runWaiting() {
    for (ReplicaCommand next = waiting.peek(); next != null; next = waiting.peek()) {
      boolean reads = next instanceof ObjectTask t && t.request().kind() == ObjectRequest.Kind.READ;
      if (!reads && readsUnderWay > 0) {
        return;
      }
      waiting.remove();
      run(next);
    }
  }

  private void run(ReplicaCommand command) {
    if (broken != null) {
      refuse(command, Errno.EIO, broken);
      return;
    }
    switch (command) {
      case ObjectTask t when t.request().kind() == ObjectRequest.Kind.READ -> read(t);
      case ObjectTask t -> write(t);
      case ReplicaCommand.Sync s -> {
        nextSync.add(s.replyTo());
        startSync();
      }
      case ReplicaCommand.Truncate t -> truncate(t);
      case ReplicaCommand.Delete d -> answerWhenDone(objects.delete(), d.replyTo());
      case ReplicaCommand.Describe d ->
          d.replyTo().tell(Result.<ReplicaDescription>ok(objects.describe()));
      case ReplicaCommand.Local other -> context.getLog().warn("event=unknown message={}", other);
    }
  }

  private void read(ObjectTask task) {
    ObjectRequest r = task.request();
    FileObjects.Extract extract = objects.locate(r.object(), r.offsetInObject(), r.lengthBytes());
    ActorRef<ReplicaCommand> self = context.getSelf();
    readsUnderWay++;
    disk.execute(
        () -> {
          try {
            MemorySegment scratch = Scratch.ofThisThread().asSlice(0, extract.scratchBytes());
            task.answer().ok(extract.read(scratch));
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
    try {
      objects.write(r.object(), r.offsetInObject(), task.payload());
      task.answer().ok(MemorySegment.NULL);
    } catch (StoreFailure e) {
      task.answer().failed(e.errno(), e.detail());
    }
    if (objects.dirtyObjects() >= settings.maxDirtyObjects()) {
      startSync();
    } else if (objects.isDirty() && !timers.isTimerActive(SyncDue.class)) {
      timers.startSingleTimer(SyncDue.class, new SyncDue(), settings.syncInterval());
    }
  }

  private void truncate(ReplicaCommand.Truncate t) {
    try {
      answerWhenDone(objects.truncate(t.truncateEpoch(), t.sizeBytes(), t.location()), t.replyTo());
    } catch (StoreFailure e) {
      t.replyTo().tell(Result.failed(e.errno(), e.detail()));
    }
  }

  // ---- durability

  /** One at a time: what is asked for while one runs is answered by the next. */
  private void startSync() {
    if (syncUnderWay || broken != null) {
      return;
    }
    timers.cancel(SyncDue.class);
    syncing = nextSync;
    nextSync = new ArrayList<>();
    if (!objects.isDirty()) {
      syncing.forEach(r -> r.tell(Result.ok(Done.DONE)));
      syncing = new ArrayList<>();
      return;
    }
    follow(objects.sync());
  }

  private void follow(CompletionStage<Void> commit) {
    syncUnderWay = true;
    ActorRef<ReplicaCommand> self = context.getSelf();
    commit.whenComplete((nothing, failure) -> self.tell(new SyncDone(failure)));
  }

  /**
   * Truncates and deletes are commits of their own, ordered behind those before them by the syncer.
   */
  private void answerWhenDone(CompletionStage<Void> commit, ActorRef<Result<Done>> replyTo) {
    ActorRef<ReplicaCommand> self = context.getSelf();
    commit.whenComplete(
        (nothing, failure) -> {
          if (failure == null) {
            replyTo.tell(Result.ok(Done.DONE));
          } else {
            replyTo.tell(Result.failed(errnoOf(failure), "not durable: " + rootOf(failure)));
            self.tell(new SyncDone(failure));
          }
        });
  }

  private void syncDone(@Nullable Throwable failure) {
    syncUnderWay = false;
    if (failure == null) {
      syncing.forEach(r -> r.tell(Result.ok(Done.DONE)));
    } else if (errnoOf(failure) == Errno.ENOSPC) {
      objects.syncFoundNoRoom();
      syncing.forEach(r -> r.tell(Result.failed(Errno.ENOSPC, "no room for the object index")));
      timers.startSingleTimer(SyncDue.class, new SyncDue(), settings.syncInterval());
    } else {
      fail(failure);
    }
    syncing = new ArrayList<>();
    if (!nextSync.isEmpty() || (stopping && broken == null && objects.isDirty())) {
      startSync();
    }
    runWaiting();
  }

  /**
   * What was not durable is lost to everybody's knowledge: EIO until the entity is started anew.
   */
  private void fail(Throwable failure) {
    broken = "a sync failed: " + rootOf(failure);
    context
        .getLog()
        .error("replica={} event=sync-failed", context.getSelf().path().name(), failure);
    syncing.forEach(r -> r.tell(Result.failed(Errno.EIO, String.valueOf(broken))));
    nextSync.forEach(r -> r.tell(Result.failed(Errno.EIO, String.valueOf(broken))));
    nextSync = new ArrayList<>();
    objects = reopen.get();
  }

  private static Throwable rootOf(Throwable t) {
    return t instanceof CompletionException && t.getCause() != null ? t.getCause() : t;
  }

  private static Errno errnoOf(Throwable t) {
    return switch (rootOf(t)) {
      case StoreException e when e.kind() == StoreException.Kind.NO_SPACE -> Errno.ENOSPC;
      case StoreException e when e.kind() == StoreException.Kind.OVERLOADED -> Errno.ENOSPC;
      case StoreFailure e -> e.errno();
      default -> Errno.EIO;
    };
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
