package io.troupe.osd.store;

import io.troupe.actors.id.FileId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Changes of one file's index records, made together.
 *
 * @param puts encoded block maps by object
 * @param inlinePuts records of {@link InlineBlocks} by object
 * @param deletes objects whose block maps go
 * @param inlineDeletes objects whose inline blocks go
 * @param truncateEpoch of the file, if it changes
 * @param forgetsFile removes what is known of the file besides its objects
 */
record IndexChange(
    FileId file,
    Map<Long, byte[]> puts,
    Map<Long, byte[]> inlinePuts,
    List<Long> deletes,
    List<Long> inlineDeletes,
    OptionalInt truncateEpoch,
    boolean forgetsFile) {

  /** What a record costs beside its value, about. */
  private static final long OVERHEAD_BYTES = 64;

  static IndexChange begin(FileId file, OptionalInt truncateEpoch, boolean forgetsFile) {
    return new IndexChange(
        file,
        new HashMap<>(),
        new HashMap<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        truncateEpoch,
        forgetsFile);
  }

  /** An object is as this map says. */
  void put(long object, BlockMap map) {
    puts.put(object, map.encode());
    if (!map.inlineBlocks().isEmpty()) {
      inlinePuts.put(object, InlineBlocks.encode(map.inlineBlocks()));
    } else if (map.mayHaveInlineRecord()) {
      inlineDeletes.add(object);
    }
  }

  /** An object goes of which that was known. */
  void delete(long object, BlockMap map) {
    deletes.add(object);
    if (map.mayHaveInlineRecord()) {
      inlineDeletes.add(object);
    }
  }

  long bytes() {
    long records = 1L + deletes.size() + inlineDeletes.size() + puts.size() + inlinePuts.size();
    long sum = OVERHEAD_BYTES * records;
    for (Map<Long, byte[]> m : List.of(puts, inlinePuts)) {
      for (byte[] value : m.values()) {
        sum += value.length;
      }
    }
    return sum;
  }
}
