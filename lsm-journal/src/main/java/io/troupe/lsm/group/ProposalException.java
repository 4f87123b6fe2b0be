package io.troupe.lsm.group;

/** A proposal was not done, or nobody knows whether it will be: {@link #kind} says which. */
public final class ProposalException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** What became of it. */
  public enum Kind {
    /** This member does not serve; certainly not done. */
    NOT_MASTER,
    /** The member stopped serving before it was known: may be done, now or later, or never. */
    UNKNOWN,
    /** The log did not take it, the message says why; certainly not done. */
    REFUSED,
    /** Too much is under way; certainly not done. Try again later. */
    OVERLOADED,
    /** More than {@link GroupSettings#MAX_CONTENT_BYTES}; certainly not done. Split it. */
    TOO_LARGE,
    /** The disk is nearly full; certainly not done. */
    NO_SPACE,
    /** The member has ended; certainly not done. */
    ENDED
  }

  private final Kind kind;

  ProposalException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
