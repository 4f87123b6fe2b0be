package io.troupe.lsm.tool;

import java.util.List;

/**
 * How a repair ended.
 *
 * @param losses what cannot be read any more
 * @param steps what was done, or would be
 */
public record RepairReport(Outcome outcome, List<Loss> losses, List<String> steps) {

  /** In short. */
  public enum Outcome {
    /** There was nothing to do. */
    WHOLE,
    /** It would be repaired: nothing was changed. */
    PLANNED,
    /** The store opens, and verifies. */
    REPAIRED
  }
}
