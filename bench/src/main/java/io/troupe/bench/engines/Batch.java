package io.troupe.bench.engines;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts and deletes that are written together; nobody changes the arrays afterwards. */
record Batch(List<Operation> operations) {
  /** No value: a delete. */
  record Operation(byte[] key, byte @Nullable [] value) {}

  Batch() {
    this(new ArrayList<>());
  }

  Batch put(byte[] key, byte[] value) {
    operations.add(new Operation(key, value));
    return this;
  }

  Batch delete(byte[] key) {
    operations.add(new Operation(key, null));
    return this;
  }

  int size() {
    return operations.size();
  }
}
