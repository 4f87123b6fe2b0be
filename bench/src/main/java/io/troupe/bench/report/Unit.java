package io.troupe.bench.report;

/** What a figure counts. */
public enum Unit {
  OPERATIONS("ops/s", true),
  COMMITS("commits/s", true),
  FILES("files/s", true),
  RECORDS("records/s", true),
  MEBIBYTES("MiB/s", true),
  MICROSECONDS("µs", false);

  private final String label;
  private final boolean moreIsFaster;

  Unit(String label, boolean moreIsFaster) {
    this.label = label;
    this.moreIsFaster = moreIsFaster;
  }

  public String label() {
    return label;
  }

  /** Above 1 where the figure is faster than the peer's, whatever the unit. */
  double ratio(double figure, double peer) {
    return moreIsFaster ? figure / peer : peer / figure;
  }
}
