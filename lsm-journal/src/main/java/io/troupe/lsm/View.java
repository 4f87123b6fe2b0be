package io.troupe.lsm;

import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.version.Version;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * All that there is to read: the memtable that is written, those that wait to be flushed (the
 * newest first), the tables. Counts who uses it, so that files are deleted only when nobody can
 * read them.
 */
final class View {

  private final Memtable active;
  private final List<Memtable> frozen;
  private final Version version;
  private final AtomicInteger users = new AtomicInteger(1);

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

  /** False when nobody uses it any more: then there is a newer one. */
  boolean retain() {
    while (true) {
      int now = users.get();
      if (now == 0) {
        return false;
      }
      if (users.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  /** True for the last one to let go. */
  boolean release() {
    return users.decrementAndGet() == 0;
  }
}
