package io.troupe.lsm.pekko;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.Store;
import io.troupe.lsm.WriteBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;

/**
 * Numbers what is committed, over all persistence ids: the ordinals are the offsets of queries.
 *
 * <p>An ordinal may be read only when no smaller one can still appear. Numbers are therefore drawn
 * under the lock under which the batch is queued, and {@link #visible} goes on only past commits
 * that are settled, whatever the order in which they settle. Failed commits leave gaps.
 *
 * <p>Numbers are never used twice, or offsets that readers have stored would hide new events: the
 * next one is one more than the largest in the indices, and who deletes from these leaves the
 * largest one behind in {@code plugin.ordinal}.
 */
final class CommitOrder {
  private static final byte[] FLOOR_KEY = {0};

  private final Store store;
  private final Index floor;
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private long next;
  private volatile long visible;

  private static final class Pending {
    final long last;
    final Runnable whenVisible;
    boolean settled;
    boolean succeeded;

    Pending(long last, Runnable whenVisible) {
      this.last = last;
      this.whenVisible = whenVisible;
    }
  }

  /**
   * @param numbered the indices whose keys are ordinals
   */
  CommitOrder(Store store, Index... numbered) {
    this.store = store;
    this.floor = store.index("plugin.ordinal");
    long last = store.get(floor, FLOOR_KEY).map(Keys::number).orElse(0L);
    for (Index index : numbered) {
      try (Cursor c = store.cursorReverse(index, KeyRange.all())) {
        if (c.next()) {
          last = Math.max(last, Keys.number(c.key()));
        }
      }
    }
    this.next = last + 1;
    this.visible = last;
  }

  /** The largest ordinal that may be read: all commits up to it are settled. */
  long visible() {
    return visible;
  }

  /**
   * Commits a batch that needs some ordinals.
   *
   * @param batch makes the batch, given the first ordinal; quick, and free of side effects
   * @param whenVisible run when the ordinals may be read, not when the commit fails; quick
   */
  synchronized CompletionStage<Long> commit(
      int ordinals, LongFunction<WriteBatch> batch, Durability durability, Runnable whenVisible) {
    CompletionStage<Long> commit = store.commit(batch.apply(next), durability);
    next += ordinals;
    Pending mine = new Pending(next - 1, whenVisible);
    pending.add(mine);
    return commit.whenComplete((sequence, failure) -> settle(mine, failure == null));
  }

  /** Commits a batch that deletes ordinals. Accepted even when the disk is nearly full. */
  synchronized CompletionStage<Long> delete(WriteBatch batch) {
    return store.commit(
        batch.put(floor, FLOOR_KEY, Keys.ordinal(next - 1)).reclaiming(), Durability.SYNC);
  }

  private void settle(Pending commit, boolean succeeded) {
    for (Pending p : settled(commit, succeeded)) {
      p.whenVisible.run();
    }
  }

  private synchronized List<Pending> settled(Pending commit, boolean succeeded) {
    commit.settled = true;
    commit.succeeded = succeeded;
    List<Pending> appeared = new ArrayList<>(1);
    for (Pending head = pending.peek(); head != null && head.settled; head = pending.peek()) {
      pending.remove();
      visible = head.last;
      if (head.succeeded) {
        appeared.add(head);
      }
    }
    return appeared;
  }
}
