package io.troupe.lsm;

import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.version.Version;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * All that there is to read: the memtable that is written, those that wait to be flushed (the
 * newest first), the tables. Counts who uses it, so that files are deleted only when nobody can
 * read them.
 *
 * <p>Each read counts itself in and out, on a cache line that threads mostly have for themselves: a
 * single count would travel between processors with each get. So nobody knows how many users there
 * are before the view is {@link #retire}d. From then on nobody comes in, and who leaves adds up:
 * who came in was counted before it saw that the view was not retired, and so before anybody adds
 * up. Whatever order the lines are read in, a leave is missed rather than an entrance; and the last
 * one to leave misses nothing.
 */
final class View {

  private static final int LINE = 16; // longs: two cache lines, which are fetched in pairs
  private static final int MAX_STRIPES = 64;
  private static final int STRIPES =
      Math.min(
          MAX_STRIPES, Integer.highestOneBit(2 * Runtime.getRuntime().availableProcessors() - 1));

  private final Memtable active;
  private final List<Memtable> frozen;
  private final Version version;
  private final AtomicLongArray users = new AtomicLongArray((STRIPES + 1) * LINE);
  private final AtomicBoolean gone = new AtomicBoolean();
  private volatile boolean retired;

  View(Memtable active, List<Memtable> frozen, Version version) {
    this.active = active;
    this.frozen = frozen;
    this.version = version;
  }

  Memtable active() {
    return active;
  }

  List<Memtable> frozen() {
    return frozen;
  }

  Version version() {
    return version;
  }

  /**
   * Counts one more user. False when the view is retired: it must not be used, and {@link #leave}
   * has to be called all the same.
   */
  boolean enter() {
    users.getAndIncrement(stripe());
    return !retired;
  }

  /** One user less, whichever thread it is on. True for the last one of a retired view, once. */
  boolean leave() {
    users.getAndDecrement(stripe());
    return retired && isLast();
  }

  /** Nobody comes in any more. True when nobody is in, once. */
  boolean retire() {
    retired = true;
    return isLast();
  }

  private boolean isLast() {
    long sum = 0;
    for (int i = 1; i <= STRIPES; i++) {
      sum += users.get(i * LINE);
    }
    return sum == 0 && gone.compareAndSet(false, true);
  }

  private static int stripe() {
    return (1 + ((int) Thread.currentThread().threadId() & (STRIPES - 1))) * LINE;
  }
}
