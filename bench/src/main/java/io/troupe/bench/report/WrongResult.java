package io.troupe.bench.report;

/** What was read back is not what was written: figures of such a run are worth nothing. */
public final class WrongResult extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public WrongResult(String message) {
    super(message);
  }

  public static void unless(boolean right, String what) {
    if (!right) {
      throw new WrongResult(what);
    }
  }
}
