package io.troupe.bench.engine;

import java.util.Optional;
import java.util.function.BiConsumer;

/** Ordered records to read. */
interface Lookup {
  Optional<byte[]> get(byte[] key);

  /** All of them, in order. */
  void scan(BiConsumer<byte[], byte[]> each);
}
