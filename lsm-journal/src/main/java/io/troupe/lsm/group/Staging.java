package io.troupe.lsm.group;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.Reader;
import io.troupe.lsm.WriteBatch;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Chunks of a snapshot that another member sent, as they came, until all of them are there. Never
 * read as state: they are copied into the group's ranges.
 *
 * <pre>
 * index group.staging: group u64, number u64 → chunk ({@link ChunkFormat})
 * </pre>
 */
final class Staging {

  private static final String STAGING = LogStore.RESERVED + "staging";

  private final GroupId group;
  private final Index index;

  Staging(GroupStore store, GroupId group) {
    this.group = group;
    this.index = store.index(STAGING);
  }

  void put(WriteBatch batch, long number, byte[] chunk) {
    batch.put(index, key(number), chunk);
  }

  void clear(WriteBatch batch) {
    batch.deleteRange(index, key(0), end());
  }

  Optional<byte[]> read(Reader reader, long number) {
    return reader.get(index, key(number));
  }

  /** Whether anything is staged. */
  boolean isEmpty(Reader reader) {
    try (Cursor cursor = reader.cursor(index, KeyRange.between(key(0), end()))) {
      return !cursor.next();
    }
  }

  private byte[] key(long number) {
    return ByteBuffer.allocate(2 * Long.BYTES).putLong(group.value()).putLong(number).array();
  }

  private byte[] end() {
    return ByteBuffer.allocate(Long.BYTES).putLong(group.value() + 1).array();
  }
}
