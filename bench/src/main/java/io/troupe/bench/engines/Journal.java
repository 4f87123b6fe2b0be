package io.troupe.bench.engines;

/** Events by the entity that they are of and their number, with values of a small stock. */
final class Journal {
  private static final int STOCK = 1 << 12;

  private final byte[][] values = new byte[STOCK][];

  Journal() {
    for (int i = 0; i < STOCK; i++) {
      values[i] = Bytes.value(i);
    }
  }

  static byte[] key(long entity, long number) {
    byte[] key = new byte[2 * Bytes.NUMBER_BYTES];
    Bytes.number(key, 0, Bytes.mix(entity));
    Bytes.number(key, Bytes.NUMBER_BYTES, number);
    return key;
  }

  static byte[] prefix(long entity) {
    return DataSet.prefix(entity);
  }

  byte[] value(long entity, long number) {
    return values[which(entity, number)];
  }

  static long sumOf(long entity, long number) {
    return Bytes.sumOf(which(entity, number));
  }

  private static int which(long entity, long number) {
    return (int) (entity * 31 + number) & (STOCK - 1);
  }

  /** So many events of one entity, in one batch. */
  Batch batch(long entity, long first, int count) {
    Batch batch = new Batch();
    for (long n = first; n < first + count; n++) {
      batch.put(key(entity, n), value(entity, n));
    }
    return batch;
  }
}
