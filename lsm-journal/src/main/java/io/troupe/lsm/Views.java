package io.troupe.lsm;

import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The current view, the views still in use, and the tables that no view has any more. Gives back
 * the memory of memtables that no view has any more. Thread-safe.
 */
final class Views {

  private final Map<Long, Integer> users = new HashMap<>();
  private final ArrayDeque<Long> obsolete = new ArrayDeque<>();
  private volatile View current;
  private int live; // views that are current or used
  private boolean closed;
  private Runnable whenUnused = () -> {};
  private final Runnable whenObsolete;

  /**
   * The first view.
   *
   * @param whenObsolete told when somebody who looked was the last who could read a table; must not
   *     block
   */
  Views(Memtable active, List<Memtable> frozen, Version version, Runnable whenObsolete) {
    this.whenObsolete = whenObsolete;
    this.current = new View(active, frozen, version);
    this.live = 1;
    count(current, 1);
  }

  /**
   * The current view, retained.
   *
   * @throws StoreException CLOSED after {@link #close}
   */
  View acquire() {
    while (true) {
      View view = current;
      if (view.enter()) {
        return view;
      }
      release(view);
      checkOpen(); // then there is a newer one
    }
  }

  void release(View view) {
    if (view.leave()) {
      gone(view);
    }
  }

  /** For a look that needs no file: not retained. */
  View current() {
    return current;
  }

  /** A new memtable is written from now on. */
  synchronized void rotate(Memtable fresh) {
    List<Memtable> frozen = new ArrayList<>();
    frozen.add(current.active());
    frozen.addAll(current.frozen());
    install(new View(fresh, List.copyOf(frozen), current.version()));
  }

  /** The oldest frozen memtable is in tables. */
  synchronized void flushed(Version version) {
    List<Memtable> frozen = current.frozen();
    install(new View(current.active(), List.copyOf(frozen.subList(0, frozen.size() - 1)), version));
  }

  synchronized void compacted(Version version) {
    install(new View(current.active(), current.frozen(), version));
  }

  /** A table that nobody can read any more, once. */
  synchronized Optional<Long> pollObsolete() {
    return Optional.ofNullable(obsolete.poll());
  }

  private void install(View next) {
    live++;
    count(next, 1);
    View previous = current;
    current = next;
    if (previous.retire()) {
      gone(previous);
    }
  }

  /**
   * No view can be acquired any more. Tables stay where they are.
   *
   * @param unused run once, when those that are in use are released; at once when there are none
   */
  void close(Runnable unused) {
    View last = current;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      whenUnused = unused;
    }
    if (last.retire()) {
      gone(last);
    }
  }

  private synchronized void checkOpen() {
    if (closed) {
      throw new StoreException(StoreException.Kind.CLOSED, "the store is closed");
    }
  }

  private void gone(View view) {
    Runnable then = () -> {};
    synchronized (this) {
      live--;
      if (!closed) {
        count(view, -1);
        if (!obsolete.isEmpty()) {
          then = whenObsolete;
        }
      } else if (live == 0) {
        then = whenUnused;
      }
    }
    then.run();
  }

  private void count(View view, int change) {
    count(view.active(), change);
    view.frozen().forEach(memtable -> count(memtable, change));
    for (TableMeta table : view.version().all()) {
      int now = users.merge(table.number(), change, Integer::sum);
      if (now == 0) {
        users.remove(table.number());
        obsolete.add(table.number());
      }
    }
  }

  private static void count(Memtable memtable, int change) {
    if (change > 0) {
      memtable.retain();
    } else {
      memtable.release();
    }
  }
}
