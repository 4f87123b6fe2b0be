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

  Views(Memtable active, List<Memtable> frozen, Version version) {
    this.current = new View(active, frozen, version);
    count(current, 1);
  }

  /** The current view, retained. */
  View acquire() {
    while (true) {
      View view = current;
      if (view.enter()) {
        return view;
      }
      release(view); // there is a newer one
    }
  }

  void release(View view) {
    if (view.leave()) {
      synchronized (this) {
        count(view, -1);
      }
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
    count(next, 1);
    View previous = current;
    current = next;
    if (previous.retire()) {
      count(previous, -1);
    }
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
