package io.troupe.gateway.io;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * How long and how often what may succeed later is tried again: at intervals that double, as long
 * as the request timeout allows.
 */
public record Patience(Timer timer, Duration limit) {
  /** About the time in which an OSD carries a few requests out. */
  private static final Duration FIRST = Duration.ofMillis(2);

  private static final Duration LONGEST = Duration.ofMillis(250);

  /** One request, from its first attempt on. */
  public final class Tries {
    private final long begun = timer.nanos();
    private Duration next = FIRST;

    /** Runs the action later, unless it is too late; then it is not run, and false returned. */
    public boolean again(Runnable action) {
      if (timer.nanos() - begun + next.toNanos() > limit.toNanos()) {
        return false;
      }
      Duration delay = next;
      next = delay.compareTo(LONGEST.dividedBy(2)) > 0 ? LONGEST : delay.multipliedBy(2);
      timer.after(delay, action);
      return true;
    }
  }

  public Tries begin() {
    return new Tries();
  }

  /**
   * Repeats an attempt while it fails with EBUSY: who is asked has refused it unread and has room
   * in a moment. EIO where that does not come in time, since no caller of a file system expects
   * EBUSY there.
   */
  public <T> CompletionStage<Result<T>> whileBusy(Supplier<CompletionStage<Result<T>>> attempt) {
    return whileIt(Errno.EBUSY, "busy for too long: ", attempt);
  }

  /** Repeats an attempt while it fails with EAGAIN; EIO where that does not end in time. */
  public <T> CompletionStage<Result<T>> whileUnanswered(
      Supplier<CompletionStage<Result<T>>> attempt) {
    return whileIt(Errno.EAGAIN, "", attempt);
  }

  private <T> CompletionStage<Result<T>> whileIt(
      Errno failsWith, String tooLong, Supplier<CompletionStage<Result<T>>> attempt) {
    CompletableFuture<Result<T>> done = new CompletableFuture<>();
    attempt(failsWith, tooLong, attempt, begin(), done);
    return done;
  }

  private static <T> void attempt(
      Errno failsWith,
      String tooLong,
      Supplier<CompletionStage<Result<T>>> attempt,
      Tries tries,
      CompletableFuture<Result<T>> done) {
    attempt
        .get()
        .whenComplete(
            (result, failure) -> {
              if (failure != null) {
                done.completeExceptionally(failure);
              } else if (!(result instanceof Result.Failed<T>(Errno errno, String detail))
                  || errno != failsWith) {
                done.complete(result);
              } else if (!tries.again(() -> attempt(failsWith, tooLong, attempt, tries, done))) {
                done.complete(Result.failed(Errno.EIO, tooLong + detail));
              }
            });
  }
}
