package io.troupe.actors.ask;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import org.apache.pekko.actor.typed.ActorRef;

/** A request that is answered, in the end. */
public interface Refusable {
  ActorRef<? extends Result<?>> replyTo();

  /** Answers that it was not done. */
  @SuppressWarnings("unchecked") // a failure is a result of any type
  default void refuse(Errno errno, String detail) {
    ((ActorRef<Result<Done>>) replyTo()).tell(Result.failed(errno, detail));
  }
}
