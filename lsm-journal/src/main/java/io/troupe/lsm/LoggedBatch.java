package io.troupe.lsm;

import java.util.List;

/**
 * A batch as it is in the log.
 *
 * @param sequence its number; the next one has the next number
 * @param epoch who wrote it, {@link StoreOptions#epoch}
 * @param operations in the order in which they were added
 */
public record LoggedBatch(long sequence, int epoch, List<Operation> operations) {

  /**
   * One operation.
   *
   * @param kind one of {@link io.troupe.lsm.entry.Kind}, where MERGE adds to a counter, or {@link
   *     io.troupe.lsm.wal.Operations#DELETE_RANGE}
   * @param value empty for a delete; the first key behind it for a deleted range
   */
  public record Operation(Index index, byte kind, byte[] key, byte[] value) {}
}
