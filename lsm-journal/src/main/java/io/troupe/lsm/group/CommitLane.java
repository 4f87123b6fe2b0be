package io.troupe.lsm.group;

import io.troupe.lsm.Durability;
import io.troupe.lsm.StoreException;
import io.troupe.lsm.WriteBatch;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Commits one batch at a time. What the store refuses because it is full or busy is offered again,
 * before anything else; whatever else goes wrong ends the member.
 */
final class CommitLane {

  private record Job(WriteBatch batch, Durability durability, Runnable then) {}

  private final GroupStore store;
  private final Home home;
  private @Nullable Job refused;
  private boolean underWay;

  CommitLane(GroupStore store, Home home) {
    this.store = store;
    this.home = home;
  }

  boolean isIdle() {
    return !underWay && refused == null;
  }

  /** Commits, then runs something on the member's thread. The lane has to be idle. */
  void commit(WriteBatch batch, Durability durability, Runnable then) {
    if (!isIdle()) {
      throw new IllegalStateException("one batch at a time");
    }
    commit(new Job(batch, durability, then));
  }

  /** Offers again what was refused. */
  void onTick() {
    Job job = refused;
    if (job != null) {
      refused = null;
      commit(job);
    }
  }

  private void commit(Job job) {
    underWay = true;
    var unused =
        store
            .commit(job.batch(), job.durability())
            .whenComplete((sequence, error) -> home.back(() -> done(job, error)));
  }

  private void done(Job job, @Nullable Throwable error) {
    underWay = false;
    if (error == null) {
      job.then().run();
      return;
    }
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    if (cause instanceof StoreException e
        && (e.kind() == StoreException.Kind.NO_SPACE
            || e.kind() == StoreException.Kind.OVERLOADED)) {
      refused = job;
    } else {
      home.fail(cause);
    }
  }
}
