package io.troupe.lsm;

import io.troupe.lsm.wal.Operations;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** Where in a batch the last operation of each key is. Made only for batches that need it. */
final class BatchKeys {

  /** Says that no operation has the key. */
  static final int NONE = -1;

  private record Key(int index, ByteBuffer bytes) {}

  private final Map<Key, Integer> last = new HashMap<>();

  /** Of the operations so far. */
  BatchKeys(Operations operations) {
    while (operations.next()) {
      if (operations.kind() != Operations.DELETE_RANGE) {
        byte[] key = new byte[operations.keyLength()];
        System.arraycopy(operations.array(), operations.keyAt(), key, 0, key.length);
        last.put(new Key(operations.index(), ByteBuffer.wrap(key)), operations.start());
      }
    }
  }

  /** Where the last operation of a key starts, or {@link #NONE}. */
  int find(Index index, byte[] key) {
    return last.getOrDefault(new Key(index.id(), ByteBuffer.wrap(key)), NONE);
  }

  void put(Index index, byte[] key, int start) {
    last.put(new Key(index.id(), ByteBuffer.wrap(key.clone())), start);
  }
}
