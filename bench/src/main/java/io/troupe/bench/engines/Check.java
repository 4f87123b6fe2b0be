package io.troupe.bench.engines;

import io.troupe.bench.report.WrongResult;
import java.util.Arrays;

/** Counts and sums up what a scan meets, and that it is in order. */
final class Check implements Engine.Visitor {
  private final boolean ordered;
  private byte[] last = {};
  private long count;
  private long sum;

  private Check(boolean ordered) {
    this.ordered = ordered;
  }

  static Check ordered() {
    return new Check(true);
  }

  static Check unordered() {
    return new Check(false);
  }

  @Override
  public void accept(byte[] key, byte[] value) {
    if (ordered) {
      WrongResult.unless(Arrays.compareUnsigned(last, key) < 0, "keys are out of order");
      last = key;
    }
    count++;
    sum += Bytes.sum(value);
  }

  void counted(String what, long expected) {
    WrongResult.unless(count == expected, what + ": " + count + " entries instead of " + expected);
  }

  void came(String what, long expectedCount, long expectedSum) {
    counted(what, expectedCount);
    WrongResult.unless(sum == expectedSum, what + ": the values are not those that were written");
  }
}
