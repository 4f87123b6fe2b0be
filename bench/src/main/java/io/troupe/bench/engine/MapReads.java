package io.troupe.bench.engine;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;

/** The limit of reads: an ordered map in memory. */
record MapReads(ConcurrentSkipListMap<byte[], byte[]> map) implements Lookup {
  static MapReads load(int records) {
    ConcurrentSkipListMap<byte[], byte[]> map =
        new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
    for (int i = 0; i < records; i++) {
      map.put(Records.key(i), Records.value(i));
    }
    return new MapReads(map);
  }

  @Override
  public Optional<byte[]> get(byte[] key) {
    return Optional.ofNullable(map.get(key));
  }

  @Override
  public void scan(BiConsumer<byte[], byte[]> each) {
    map.forEach(each);
  }
}
