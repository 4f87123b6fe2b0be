package io.troupe.lsm;

/**
 * A store could not do what it was asked for; {@link #kind} says what the caller can do about it.
 */
public final class StoreException extends RuntimeException {

  /** What went wrong. */
  public enum Kind {
    /**
     * The disk is (nearly) full; nothing was written. Deletes go on, and puts again once there is
     * room.
     */
    NO_SPACE,
    /**
     * More bytes wait for the log than its queue may hold; nothing was written. Try again later.
     */
    OVERLOADED,
    /**
     * The disk failed a write or a sync: whether the last batches are durable is unknown until the
     * store is opened again.
     */
    FAILED,
    /**
     * The batch expects a key at another sequence number than it has; nothing was written. Read
     * again, decide again.
     */
    CONFLICT,
    /** A number was added to a key whose value is none: it does not have eight bytes. */
    NO_COUNTER,
    /**
     * The log does not reach back so far any more: who follows it has to begin from a copy of the
     * store.
     */
    COMPACTED,
    /** The store was closed. */
    CLOSED,
    /** Stored bytes do not verify. */
    CORRUPT
  }

  private final Kind kind;

  public StoreException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public StoreException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
