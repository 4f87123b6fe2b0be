package io.troupe.lsm.group;

import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The one thread that a member lives on, and the way back to it. Nothing comes back to a member
 * that has ended.
 */
final class Home {

  private final Executor self;
  private final Executor reader;
  private final Consumer<Throwable> failed;
  private boolean ended;

  /**
   * Where a member lives.
   *
   * @param self runs on the member's thread, later, in order
   * @param reader may block
   * @param failed is told the first failure, on the member's thread
   */
  Home(Executor self, Executor reader, Consumer<Throwable> failed) {
    this.self = self;
    this.reader = reader;
    this.failed = failed;
  }

  boolean hasEnded() {
    return ended;
  }

  void end() {
    ended = true;
  }

  /** The member cannot go on. */
  void fail(Throwable why) {
    if (!ended) {
      failed.accept(why);
    }
  }

  /** What goes wrong in the member ends it: what it would do next rests on what it did not do. */
  void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  /** Runs something on the member's thread, later. */
  void back(Runnable task) {
    self.execute(
        () -> {
          if (!ended) {
            guarded(task);
          }
        });
  }

  /** Runs something that may block, and what follows from it on the member's thread. */
  <T> void read(Supplier<T> work, Consumer<T> then) {
    reader.execute(
        () -> {
          T result;
          try {
            result = work.get();
          } catch (RuntimeException e) {
            back(() -> fail(e)); // not to go on, but to end the member and not a thread of readers
            return;
          }
          back(() -> then.accept(result));
        });
  }

  /** Gives something back that a reader may be at. */
  void close(SnapshotSource source) {
    reader.execute(source::close);
  }
}
