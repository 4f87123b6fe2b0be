package io.troupe.actors.carry;

/** What a {@link CarryingThread} carries. */
public interface Errand {
  /** Hands it in: what that gives to carried dispatchers runs on the thread, behind this. */
  void begin();

  /** Whether it has come to its end, on whatever thread: the rest is not this thread's business. */
  boolean isDone();
}
