package io.troupe.lsm.tool;

import java.util.List;

/**
 * How a repair ended.
 *
 * @param losses what cannot be read any more
 * @param steps what was done, or would be
 * @param notes where more may be lost that nothing names
 */
public record RepairReport(
    Outcome outcome, List<Loss> losses, List<String> steps, List<String> notes) {

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
