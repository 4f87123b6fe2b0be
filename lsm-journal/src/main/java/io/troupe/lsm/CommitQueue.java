package io.troupe.lsm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Brings commits to the log, one group at a time. A group is what came while the previous one was
 * synced, and is written by the log thread; a caller that waits anyway and finds nobody else
 * writing writes its own, and one that volunteers what is queued by then, which saves two wake-ups.
 * Who writes holds the log; that commits are numbered, written and completed in one order rests on
 * it. Thread-safe.
 */
final class CommitQueue {

  /**
   * Bytes of a group, unless a single batch has more: larger ones do not write faster, and delay
   * who waits for the first.
   */
  private static final int GROUP_BYTES = 4 << 20;

  /**
   * A write without a sync takes a few microseconds: who comes meanwhile waits for it like that,
   * since to be written by another thread takes two wake-ups. In a queue no one would wait longer
   * than a writer that lost its processor.
   */
  private static final long SPIN_NANOS = TimeUnit.MICROSECONDS.toNanos(30);

  /** As many as leave a processor to who writes. */
  private static final int MAX_SPINNING = Runtime.getRuntime().availableProcessors() - 1;

  private static final int FREE = 0;
  private static final int BRIEFLY = 1; // held for a write without a sync
  private static final int HELD = 2;

  private static final long STALL_CHECK_MILLIS = 50;
  private static final long RELIEF_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** Shorter pauses are put together: a thread cannot sleep for less. */
  private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

  /** After such a piece of a pause it is looked at whether it is still needed. */
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final StoreOptions options;
  private final Engine engine;
  private final ConcurrentLinkedQueue<Commit> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final AtomicInteger log = new AtomicInteger(FREE); // whether somebody writes it
  private final AtomicInteger spinning = new AtomicInteger();

  /** All up to here is to be in tables soon; for checkpoints. */
  private final AtomicLong flushWanted = new AtomicLong();

  private final Object progress = new Object();
  private final List<Commit> group = new ArrayList<>(); // of the log thread
  private final Thread thread;
  private final Runnable lead = this::lead;
  private final Runnable wake = this::wake;
  private long owedBytes; // of the log thread
  private volatile boolean parked;
  private volatile boolean parkedForGood; // and not until a sync is due
  private volatile boolean ended;

  CommitQueue(StoreOptions options, Engine engine) {
    this.options = options;
    this.engine = engine;
    this.thread = new Thread(this::run, "lsm-log");
    this.thread.setDaemon(true);
    this.thread.setUncaughtExceptionHandler(
        (t, e) -> {
          engine.fail(new IOException("the log thread ended", e));
          ended = true;
          group.forEach(commit -> commit.fail(StoreException.Kind.FAILED, "the log thread ended"));
          rejectQueued(StoreException.Kind.FAILED, "the log thread ended");
        });
  }

  void start() {
    thread.start();
  }

  long queuedBytes() {
    return queuedBytes.get();
  }

  /** Takes a commit, or completes it with a failure. Never blocks. */
  void add(Commit commit) {
    add(commit, Volunteers.NONE);
  }

  /** As {@link #add(Commit)}, but that the calling thread may volunteer to write what is queued. */
  void add(Commit commit, Volunteers volunteers) {
    if (closing.get()) {
      commit.fail(StoreException.Kind.CLOSED, "the store is closed");
      return;
    }
    long bytes = commit.batch().bytes();
    if (queuedBytes.addAndGet(bytes) > options.commitQueueBytes()) {
      queuedBytes.addAndGet(-bytes);
      commit.fail(
          StoreException.Kind.OVERLOADED,
          "more than " + options.commitQueueBytes() + " bytes wait");
      return;
    }
    queue.add(commit);
    // Who holds the log looks at the queue after giving it up, and wakes the thread then.
    if (parked && log.get() == FREE && !volunteers.take(lead, wake)) {
      LockSupport.unpark(thread);
    }
    if (ended) {
      rejectQueued(StoreException.Kind.CLOSED, "the log thread has ended");
    }
  }

  /**
   * Writes a commit on the calling thread, if nobody else writes or waits to, and if it takes no
   * more than a write, a sync and an insertion.
   *
   * @return whether it is done; otherwise it is to be added
   */
  boolean writeAtOnce(Commit commit) {
    if (!queue.isEmpty() || !take(commit.durability())) {
      return false;
    }
    boolean written = false;
    try {
      if (queue.isEmpty() && !closing.get() && !ended && engine.isSimple(List.of(commit))) {
        engine.write(List.of(commit));
        written = true;
      }
    } catch (RuntimeException | Error e) {
      engine.fail(new IOException("a commit ended in the middle", e));
      throw e;
    } finally {
      release();
    }
    return written;
  }

  private boolean take(Durability durability) {
    boolean brief = durability != Durability.SYNC;
    int how = brief ? BRIEFLY : HELD;
    return log.compareAndSet(FREE, how) || (brief && spin(how));
  }

  /** Waits a moment for who writes without a sync. */
  private boolean spin(int how) {
    try {
      if (spinning.incrementAndGet() > MAX_SPINNING) {
        return false;
      }
      long begun = System.nanoTime();
      while (log.get() != HELD && queue.isEmpty() && System.nanoTime() - begun < SPIN_NANOS) {
        if (log.compareAndSet(FREE, how)) {
          return true;
        }
        Thread.onSpinWait();
      }
      return false;
    } finally {
      spinning.decrementAndGet();
    }
  }

  /**
   * Writes what is queued on the calling thread, if that takes no more than a write, a sync and
   * insertions. What it leaves is for the log thread.
   */
  private void lead() {
    if (queue.isEmpty() || !log.compareAndSet(FREE, HELD)) {
      return; // who holds the log looks at the queue after giving it up
    }
    List<Commit> first = new ArrayList<>();
    try {
      if (!ended) {
        long bytes = firstGroup(first);
        if (engine.isSimple(first)) {
          first.forEach(commit -> queue.remove());
          queuedBytes.addAndGet(-bytes);
          engine.write(first);
        }
      }
    } catch (RuntimeException | Error e) {
      engine.fail(new IOException("a commit ended in the middle", e));
      first.forEach(commit -> commit.fail(StoreException.Kind.FAILED, "its volunteer ended"));
      throw e;
    } finally {
      release();
    }
  }

  /** Finds a group at the head of the queue, which changes at its tail only. */
  private long firstGroup(List<Commit> first) {
    long bytes = 0;
    for (Commit commit : queue) {
      long more = commit.batch().bytes();
      if (!first.isEmpty() && bytes + more > groupBytes()) {
        break;
      }
      first.add(commit);
      bytes += more;
    }
    return bytes;
  }

  private void wake() {
    LockSupport.unpark(thread);
  }

  private void release() {
    log.set(FREE);
    if (!queue.isEmpty() || closing.get() || (parkedForGood && engine.nanosToSync() >= 0)) {
      LockSupport.unpark(thread);
    }
  }

  /**
   * Has all up to a batch frozen, and waits a while for background work to get on.
   *
   * @return whether the thread was interrupted
   */
  @SuppressWarnings("WaitNotInLoop") // the caller looks again, whatever ended the wait
  boolean flushUpTo(long wanted) {
    flushWanted.accumulateAndGet(wanted, Math::max);
    LockSupport.unpark(thread);
    synchronized (progress) {
      try {
        progress.wait(STALL_CHECK_MILLIS);
        return false;
      } catch (InterruptedException e) {
        return true;
      }
    }
  }

  private void rotateForCheckpoint() {
    long wanted = flushWanted.get();
    if (wanted > 0) {
      engine.rotateUpTo(wanted);
      if (engine.isFlushed(wanted)) {
        flushWanted.compareAndSet(wanted, 0);
      }
    }
  }

  /** Background work got on: who waits for it looks again. */
  void progressed() {
    synchronized (progress) {
      progress.notifyAll();
    }
  }

  /** Refuses further commits, and ends when those that were added before are done. */
  void close() {
    closing.set(true);
    LockSupport.unpark(thread);
    Worker.join(thread);
    ended = true;
    rejectQueued(StoreException.Kind.CLOSED, "the store is closed");
  }

  boolean isClosing() {
    return closing.get();
  }

  private void run() {
    long groupBytes = groupBytes();
    while (true) {
      if (!log.compareAndSet(FREE, HELD)) {
        sleepBehindAnother();
        continue;
      }
      rotateForCheckpoint();
      boolean worked = writeGroup(groupBytes);
      boolean lookAgain = false;
      if (!worked) {
        if (closing.get()) {
          return; // and keeps the log: nobody writes any more
        }
        engine.syncIfDue();
        lookAgain = engine.relieve();
      }
      log.set(FREE);
      if (!worked) {
        sleep(lookAgain);
      }
    }
  }

  private long groupBytes() {
    return Math.min(GROUP_BYTES, options.walSegmentBytes() / 4);
  }

  private boolean writeGroup(long groupBytes) {
    long bytes = 0;
    boolean sync = false;
    for (Commit head = queue.peek();
        head != null && (group.isEmpty() || bytes + head.batch().bytes() <= groupBytes);
        head = queue.peek()) {
      queue.remove();
      group.add(head);
      bytes += head.batch().bytes();
      sync |= head.durability() == Durability.SYNC;
    }
    if (group.isEmpty()) {
      return false;
    }
    holdBack(bytes);
    // Before completion: who sees a commit done may count on its bytes being gone.
    queuedBytes.addAndGet(-bytes);
    if (!sync) {
      log.set(BRIEFLY);
    }
    engine.write(group);
    group.clear();
    return true;
  }

  /** Sleeps until there is something to do. */
  private void sleep(boolean lookAgain) {
    parkedForGood = !lookAgain;
    parked = true;
    // In this order: who writes something to be synced later, or adds a commit, sees that it is
    // parked, or is seen here.
    long toSync = engine.nanosToSync();
    if (queue.isEmpty() && !closing.get()) {
      if (toSync >= 0) {
        parkedForGood = false; // it will look by itself: who writes meanwhile need not wake it
        LockSupport.parkNanos(this, lookAgain ? Math.min(toSync, RELIEF_RETRY_NANOS) : toSync);
      } else if (lookAgain) {
        LockSupport.parkNanos(this, RELIEF_RETRY_NANOS);
      } else {
        LockSupport.park(this);
      }
    }
    parked = false;
    parkedForGood = false;
  }

  /** A caller holds the log, and wakes this thread if there is something to do. */
  private void sleepBehindAnother() {
    parkedForGood = true;
    parked = true;
    if (log.get() != FREE) {
      LockSupport.parkNanos(this, RELIEF_RETRY_NANOS);
    }
    parked = false;
    parkedForGood = false;
  }

  /**
   * Lets background work catch up: the further it is behind, the slower commits are, and at the end
   * they wait until it got on. The queue fills, and callers get OVERLOADED.
   */
  private void holdBack(long bytes) {
    if (owedBytes == 0 && engine.bytesPerSecond() == WriteRate.UNLIMITED && !engine.mustWait()) {
      return;
    }
    long began = System.nanoTime();
    boolean interrupted = false;
    while (engine.mustWait()) {
      synchronized (progress) {
        try {
          progress.wait(STALL_CHECK_MILLIS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    owedBytes += bytes;
    pause();
    engine.stalled(System.nanoTime() - began);
  }

  private void pause() {
    while (owedBytes > 0) {
      long rate = engine.bytesPerSecond();
      if (rate == WriteRate.UNLIMITED) {
        owedBytes = 0;
        return;
      }
      long nanos = (long) (owedBytes * 1e9 / rate);
      if (nanos < SHORTEST_PAUSE_NANOS) {
        return;
      }
      long begun = System.nanoTime();
      LockSupport.parkNanos(this, Math.min(nanos, LONGEST_PAUSE_NANOS));
      owedBytes -= (long) ((System.nanoTime() - begun) * 1e-9 * rate);
    }
    owedBytes = Math.max(owedBytes, 0);
  }

  private void rejectQueued(StoreException.Kind kind, String message) {
    for (Commit commit = queue.poll(); commit != null; commit = queue.poll()) {
      queuedBytes.addAndGet(-commit.batch().bytes());
      commit.fail(kind, message);
    }
  }
}
