package io.troupe.lsm.pekko;

import java.util.Optional;

/**
 * One record set or deleted.
 *
 * @param index name of the store's index
 * @param value absent: the record is deleted
 */
public record RecordChange(String index, byte[] key, Optional<byte[]> value) {
  public static RecordChange put(String index, byte[] key, byte[] value) {
    return new RecordChange(index, key, Optional.of(value));
  }

  public static RecordChange delete(String index, byte[] key) {
    return new RecordChange(index, key, Optional.empty());
  }
}
