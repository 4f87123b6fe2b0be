package io.troupe.lsm.replicated;

/** What a master knows of another member. */
final class Progress {
  /** The member has everything up to here, on disk. */
  long match;

  /** What is to be sent next. */
  long next;

  /** How far the member knows the log to be committed. */
  long committed;

  /** When something was last sent, or an answer came. */
  long at;

  /** Where sending began, while it is not known how much the member has. */
  private long start;

  Progress(long after, long now) {
    this.at = now;
    startAfter(after);
  }

  /** Sending begins behind an index, or behind what the member is known to have. */
  void startAfter(long index) {
    start = Math.max(match, index);
    next = start + 1;
  }

  /** What may be on its way at most reaches to here. */
  long limit(int window) {
    return Math.max(match, start) + window;
  }

  /** Sends again what is not answered. */
  void again() {
    startAfter(start);
  }

  void matched(long index) {
    match = Math.max(match, index);
    next = Math.max(next, match + 1);
  }
}
