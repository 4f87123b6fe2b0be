package io.troupe.lsm.replicated;

/** Rules that a member may break in the simulation, to see that it is noticed. */
enum SimMutant {
  NONE,
  /** A promise is not there any more after a crash. */
  PROMISE_NOT_STORED,
  /** Entries are not there any more after a crash. */
  ENTRIES_NOT_STORED,
  /** What goes to disk is said to be there at once. */
  ANSWER_BEFORE_DISK,
  /** Appends are taken without a look at the position in front of them. */
  POSITION_NOT_CHECKED,
  /** Appends of older epochs are taken. */
  OLD_EPOCHS_TAKEN,
  /** A candidate is told that the logs of others end where its own does. */
  LONGEST_LOG_IGNORED,
  /** One answer counts for two members. */
  MINORITY_COMMITS
}
