package io.troupe.osd.store;

import io.troupe.actors.id.FileId;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Changes of one file's index records, made together.
 *
 * @param puts encoded block maps by object
 * @param deletes objects
 * @param truncateEpoch of the file, if it changes
 * @param forgetsFile removes what is known of the file besides its objects
 */
record IndexChange(
    FileId file,
    Map<Long, byte[]> puts,
    List<Long> deletes,
    OptionalInt truncateEpoch,
    boolean forgetsFile) {

  /** What a record costs beside its value, about. */
  private static final long OVERHEAD_BYTES = 64;

  long bytes() {
    long sum = OVERHEAD_BYTES * (1 + deletes.size() + puts.size());
    for (byte[] value : puts.values()) {
      sum += value.length;
    }
    return sum;
  }
}
