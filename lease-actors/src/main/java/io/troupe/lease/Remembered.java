package io.troupe.lease;

/** What may stand in the store. */
sealed interface Remembered permits LeaseMemory, LeaseState {
  LeaseMemory memory();
}
