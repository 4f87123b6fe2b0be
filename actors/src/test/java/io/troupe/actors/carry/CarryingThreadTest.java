package io.troupe.actors.carry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CarryingThreadTest {
  /** Runs nothing. */
  private final BlockingQueue<Runnable> pool = new LinkedBlockingQueue<>();

  private final List<String> ran = new ArrayList<>();
  private final AtomicLong nanoClock = new AtomicLong();
  private boolean done;

  @Test
  void runsWhatTheErrandSetsOffOneAfterTheOther() throws Exception {
    carry(
        () -> {
          execute(
              () -> {
                execute(() -> ran.add("third"));
                ran.add("first");
              });
          execute(() -> ran.add("second"));
        });

    assertThat(ran).containsExactly("first", "second", "third");
    assertThat(pool).isEmpty();
  }

  @Test
  void leavesTheRestToThePoolWhenTheErrandIsDone() throws Exception {
    carry(
        () -> {
          execute(() -> done = true);
          execute(() -> ran.add("rest"));
        });

    assertThat(ran).isEmpty();
    pool.remove().run();
    assertThat(ran).containsExactly("rest");
  }

  @Test
  void leavesToThePoolWhatHasNoEnd() throws Exception {
    var count = new AtomicInteger();
    carry(
        () ->
            execute(
                new Runnable() {
                  @Override
                  public void run() {
                    count.incrementAndGet();
                    execute(this);
                  }
                }));

    assertThat(count).hasValueBetween(1, CarryingThread.MAX_TASKS);
    assertThat(pool).hasSize(1);
  }

  @Test
  void leavesToThePoolWhatTakesTooLong() throws Exception {
    carry(
        () -> {
          execute(() -> nanoClock.addAndGet(CarryingThread.MAX_NANOS + 1));
          execute(() -> ran.add("rest"));
        });

    assertThat(ran).isEmpty();
    assertThat(pool).hasSize(1);
  }

  @Test
  void keepsABoundedNumberOfTasks() throws Exception {
    carry(
        () -> {
          for (int i = 0; i < 3 * CarryingThread.MAX_TASKS; i++) {
            execute(() -> ran.add("a task"));
          }
        });

    assertThat(ran.size() + pool.size()).isEqualTo(3 * CarryingThread.MAX_TASKS);
    assertThat(ran).hasSizeLessThanOrEqualTo(CarryingThread.MAX_TASKS);
  }

  @Test
  void throwsInThePoolWhatATaskThrows() throws Exception {
    carry(
        () -> {
          execute(
              () -> {
                throw new IllegalStateException("of the task");
              });
          execute(() -> ran.add("next"));
        });

    assertThat(ran).containsExactly("next");
    assertThat(pool).hasSize(1);
    assertThatThrownBy(() -> pool.remove().run()).hasMessage("of the task");
  }

  @Test
  void runsAStepThatBlocksWhenItHoldsNothingBack() throws Exception {
    carry(
        () -> {
          assertThat(CarryingThread.takeLast(() -> step("step"), () -> ran.add("elsewhere")))
              .isTrue();
          execute(() -> execute(() -> ran.add("second")));
          execute(() -> ran.add("first"));
        });

    assertThat(ran).containsExactly("first", "second", "step", "behind step");
  }

  private void step(String name) {
    ran.add(name);
    execute(() -> ran.add("behind " + name));
  }

  @Test
  void aStepThatItDoesNotComeToIsRunElsewhere() throws Exception {
    carry(
        () -> {
          execute(
              () -> {
                CarryingThread.takeLast(() -> ran.add("here"), () -> ran.add("elsewhere"));
                done = true;
              });
        });

    assertThat(ran).containsExactly("elsewhere");
  }

  @Test
  void keepsOneStepAndHasOneOfItTwice() throws Exception {
    Runnable one = () -> ran.add("one");
    carry(
        () -> {
          assertThat(CarryingThread.takeLast(one, () -> {})).isTrue();
          assertThat(CarryingThread.takeLast(one, () -> {})).isTrue();
          assertThat(CarryingThread.takeLast(() -> ran.add("other"), () -> {})).isFalse();
        });

    assertThat(ran).containsExactly("one");
  }

  @Test
  void handsOverWhatItHasBeforeItWaits() throws Exception {
    carry(
        () -> {
          CarryingThread.takeLast(() -> ran.add("here"), () -> ran.add("elsewhere"));
          execute(() -> ran.add("task"));
          CarryingThread.beforeWaiting();
          ran.add("waited");
          execute(() -> ran.add("afterwards"));
        });

    assertThat(ran).containsExactly("elsewhere", "waited", "afterwards");
    assertThat(pool).hasSize(1);
  }

  @Test
  void handsOverWhenTheErrandThrows() throws Exception {
    var thrown = new AtomicBoolean();
    onCarryingThread(
        thread -> {
          try {
            thread.carry(
                errand(
                    () -> {
                      execute(() -> ran.add("rest"));
                      throw new IllegalStateException("of the errand");
                    }));
          } catch (IllegalStateException e) {
            thrown.set(true);
          }
          thread.carry(errand(() -> execute(() -> ran.add("next errand"))));
        });

    assertThat(thrown).isTrue();
    assertThat(ran).containsExactly("next errand");
    assertThat(pool).hasSize(1);
  }

  @Test
  void otherThreadsAndThoseWithoutAnErrandUseThePool() throws Exception {
    assertThat(CarryingThread.take(() -> {}, pool::add)).isFalse();
    assertThat(CarryingThread.takeLast(() -> {}, () -> {})).isFalse();

    onCarryingThread(
        thread -> {
          assertThat(CarryingThread.take(() -> {}, pool::add)).isFalse();
          assertThat(CarryingThread.takeLast(() -> {}, () -> {})).isFalse();
        });
  }

  private void execute(Runnable task) {
    Executor elsewhere = pool::add;
    if (!CarryingThread.take(task, elsewhere)) {
      elsewhere.execute(task);
    }
  }

  private void carry(Runnable begin) throws Exception {
    onCarryingThread(thread -> thread.carry(errand(begin)));
  }

  private Errand errand(Runnable begin) {
    return new Errand() {
      @Override
      public void begin() {
        begin.run();
      }

      @Override
      public boolean isDone() {
        return done;
      }
    };
  }

  private interface Body {
    void run(CarryingThread thread);
  }

  private void onCarryingThread(Body body)
      throws InterruptedException, ExecutionException, TimeoutException {
    var outcome = new CompletableFuture<Boolean>();
    var thread =
        new CarryingThread(
            () -> {
              try {
                body.run((CarryingThread) Thread.currentThread());
                outcome.complete(true);
              } catch (Throwable t) {
                outcome.completeExceptionally(t);
              }
            },
            "carrying",
            nanoClock::get);
    thread.setDaemon(true);
    thread.start();
    outcome.get(10, TimeUnit.SECONDS);
  }
}
