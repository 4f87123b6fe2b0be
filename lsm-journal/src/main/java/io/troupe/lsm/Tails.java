package io.troupe.lsm;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who follows the log, and is to be told when there is more of it. Thread-safe. */
final class Tails {

  private final List<LogTail> open = new CopyOnWriteArrayList<>();

  void add(LogTail tail) {
    open.add(tail);
  }

  void remove(LogTail tail) {
    open.remove(tail);
  }

  /** For who wrote, synced or published. */
  void signal() {
    if (!open.isEmpty()) {
      open.forEach(LogTail::signal);
    }
  }
}
