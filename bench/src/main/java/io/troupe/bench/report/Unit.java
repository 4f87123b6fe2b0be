package io.troupe.bench.report;

/** What a figure counts. */
public enum Unit {
  OPERATIONS("ops/s", true),
  COMMITS("commits/s", true),
  FILES("files/s", true),
  RECORDS("records/s", true),
  MEBIBYTES("MiB/s", true),
  EVENTS("events/s", true),
  ENTRIES("entries/s", true),
  MICROSECONDS("µs", false),
  MILLISECONDS("ms", false),
  SECONDS("s", false),
  SPACE("MiB", false),
  SHARE("% of a core", false);

  private final String label;
  private final boolean moreIsFaster;

  Unit(String label, boolean moreIsFaster) {
    this.label = label;
    this.moreIsFaster = moreIsFaster;
  }

  public String label() {
    return label;
  }

  /** Whether the first figure is the better one. */
  public boolean isBetter(double one, double other) {
    return moreIsFaster ? one > other : one < other;
  }

  /** Above 1 where the figure is better than the peer's, whatever the unit. */
  public double ratio(double figure, double peer) {
    return moreIsFaster ? figure / peer : peer / figure;
  }
}
