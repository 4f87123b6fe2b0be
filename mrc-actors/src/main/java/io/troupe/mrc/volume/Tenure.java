package io.troupe.mrc.volume;

import io.troupe.actors.id.Epoch;
import io.troupe.actors.lease.LeaseReply;

/** The right of this node's Volume to act for its partition. Used on the Volume's thread. */
interface Tenure {
  /** Asks for it, or for more of it; called at the start and again and again. */
  void claim();

  /** What was answered to a claim. */
  void leased(LeaseReply reply);

  /** Under which to serve; NONE: not now. */
  Epoch epoch();

  /**
   * Whether to go on with what began to serve under that epoch. Once it is false, what was known in
   * memory may be wrong: somebody else may have served meanwhile.
   */
  boolean continues(Epoch begun);

  /** Whether the records are the newest there are. */
  boolean mayRead();

  boolean mayChange();

  /** How much a batch may change before no more is added to it. */
  long batchBytes();

  /**
   * A batch failed, and may be durable or not. True if the Volume may go on nevertheless; else
   * somebody has to begin anew, under another epoch.
   */
  boolean survivesFailure();

  /** Whether requests that come before it begins are kept for then. */
  boolean keepsEarly();
}
