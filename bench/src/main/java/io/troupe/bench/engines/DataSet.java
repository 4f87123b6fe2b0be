package io.troupe.bench.engines;

/**
 * The records that are loaded once and read by several works, by number: a third in directories of
 * 100,000 (or a quarter of all, when there are fewer), a third in directories of 1,000, the rest in
 * directories of 10. A key is the directory's number, the record's, and a name of some length.
 */
final class DataSet {
  private static final int BIG = 100_000;
  private static final int MIDDLE = 1_000;
  private static final int SMALL = 10;
  private static final int LONGEST_NAME = 30;
  private static final long ABSENT = 1L << 50;
  private static final long STRIDE = 1_000_003;

  /** Directories of one size. */
  record Directories(long firstRecord, long firstDirectory, int size, int count) {
    long behind() {
      return firstRecord + (long) size * count;
    }

    long directoryOf(long record) {
      return firstDirectory + (record - firstRecord) / size;
    }
  }

  final long records;
  final Directories big;
  final Directories middle;
  final Directories small;
  private final long stride;

  DataSet(long records) {
    this.records = records;
    int size = (int) Math.min(BIG, records / 4);
    this.big = new Directories(0, 0, size, (int) Math.max(1, records * 3 / 10 / size));
    this.middle =
        new Directories(
            big.behind(), big.count(), MIDDLE, (int) Math.max(1, records * 3 / 10 / MIDDLE));
    this.small =
        new Directories(
            middle.behind(),
            big.count() + middle.count(),
            SMALL,
            (int) ((records - middle.behind()) / SMALL));
    if (small.count() < 1) {
      throw new IllegalArgumentException("--records must be 5000 at least");
    }
    long coprime = STRIDE;
    while (greatestDivisor(coprime, records) != 1) {
      coprime++;
    }
    this.stride = coprime;
  }

  /** Another order of the numbers below {@link #records}. */
  long shuffled(long number) {
    return Math.floorMod(number * stride + records / 3, records);
  }

  private static long greatestDivisor(long a, long b) {
    return b == 0 ? a : greatestDivisor(b, a % b);
  }

  private long directoryOf(long record) {
    if (record < big.behind()) {
      return big.directoryOf(record);
    }
    return record < middle.behind() ? middle.directoryOf(record) : small.directoryOf(record);
  }

  /** Numbers from {@link #records} on are those of records to come. */
  byte[] key(long record) {
    return key(directoryOf(record), record);
  }

  /** A key that is not there, between keys that are. */
  byte[] absentKey(long record) {
    return key(directoryOf(record), record + ABSENT);
  }

  private static byte[] key(long directory, long record) {
    long random = Bytes.mix(record);
    int name = (int) ((random >>> 40) % (LONGEST_NAME + 1));
    byte[] key = new byte[2 * Bytes.NUMBER_BYTES + name];
    Bytes.number(key, 0, Bytes.mix(directory));
    Bytes.number(key, Bytes.NUMBER_BYTES, random);
    for (int i = 2 * Bytes.NUMBER_BYTES; i < key.length; i++) {
      key[i] = (byte) ('a' + i % 26);
    }
    return key;
  }

  static byte[] prefix(long directory) {
    byte[] prefix = new byte[Bytes.NUMBER_BYTES];
    Bytes.number(prefix, 0, Bytes.mix(directory));
    return prefix;
  }

  long sumOf(Directories all, int which) {
    long sum = 0;
    long first = all.firstRecord() + (long) which * all.size();
    for (long i = first; i < first + all.size(); i++) {
      sum += Bytes.sumOf(i);
    }
    return sum;
  }
}
