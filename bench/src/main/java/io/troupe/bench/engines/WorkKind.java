package io.troupe.bench.engines;

import java.util.Locale;
import java.util.Optional;

/** The works, in the order in which they are done: some read what an earlier one has loaded. */
enum WorkKind {
  APPEND_SYNC("append-sync", false),
  APPEND_OS("append-os", false),
  LOAD("load", true),
  READS("reads", true),
  SCANS("scans", true),
  MIXED("mixed", true),
  CHURN("churn", false),
  OPEN("open", false),
  REPLAY("replay", false),
  /** Only asked for by {@link Growth}. */
  GROWTH("growth", true);

  private final String label;
  private final boolean onDataSet;

  WorkKind(String label, boolean onDataSet) {
    this.label = label;
    this.onDataSet = onDataSet;
  }

  String label() {
    return label;
  }

  /** Whether it works in the directory that {@link #LOAD} has filled. */
  boolean onDataSet() {
    return onDataSet;
  }

  Work work() {
    return switch (this) {
      case APPEND_SYNC -> new AppendWork(true, 1, 8);
      case APPEND_OS -> new AppendWork(false, 1);
      case LOAD -> new LoadWork();
      case READS -> new ReadWork();
      case SCANS -> new ScanWork();
      case MIXED -> new MixedWork();
      case CHURN -> new ChurnWork();
      case OPEN -> new OpenWork();
      case REPLAY -> new ReplayWork();
      case GROWTH -> new GrowthWork();
    };
  }

  static Optional<WorkKind> of(String label) {
    for (WorkKind kind : values()) {
      if (kind.label.equals(label.toLowerCase(Locale.ROOT))) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
