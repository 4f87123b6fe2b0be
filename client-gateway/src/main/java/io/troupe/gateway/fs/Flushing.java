package io.troupe.gateway.fs;

/** How much of what a client knows of a file a flush brings to where; each does more. */
enum Flushing {
  /** The MRC hears how far the file reaches. */
  REPORT,
  /** And its bytes are durable. What close waits for. */
  CLOSE,
  /** And so is its metadata, whatever the MRC waits for by itself. */
  FSYNC;

  boolean syncsBytes() {
    return this != REPORT;
  }

  /** Whether who wants this gets it from that. */
  boolean isIn(Flushing other) {
    return compareTo(other) <= 0;
  }
}
