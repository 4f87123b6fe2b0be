package io.troupe.lsm.group;

import java.util.ArrayDeque;

/**
 * About how many entries and bytes the log has, in buckets of neighbouring entries: enough to say
 * up to where it may be dropped, without a number for each entry.
 */
final class LogSizes {

  /** Of what may lie before the applied entry one bucket has about this part. */
  private static final int BUCKETS = 8;

  private static final class Bucket {
    final long first;
    long last;
    long bytes;

    Bucket(long first) {
      this.first = first;
      this.last = first - 1;
    }

    long entries() {
      return last - first + 1;
    }
  }

  private final LogLimits limits;
  private final ArrayDeque<Bucket> buckets = new ArrayDeque<>();

  LogSizes(LogLimits limits) {
    this.limits = limits;
  }

  /** An entry was added at the end. */
  void add(long index, long bytes) {
    Bucket bucket = buckets.peekLast();
    if (bucket == null
        || bucket.entries() >= Math.max(1, limits.entries() / BUCKETS)
        || bucket.bytes >= limits.bytes() / BUCKETS) {
      bucket = new Bucket(index);
      buckets.add(bucket);
    }
    bucket.last = index;
    bucket.bytes += bytes;
  }

  /** Entries from an index on were removed. */
  void cut(long from) {
    while (!buckets.isEmpty() && buckets.getLast().last >= from) {
      Bucket bucket = buckets.getLast();
      if (bucket.first >= from) {
        buckets.removeLast();
      } else {
        // As if its entries were of one size.
        bucket.bytes = bucket.bytes * (from - bucket.first) / bucket.entries();
        bucket.last = from - 1;
      }
    }
  }

  /** Entries up to an index were dropped. */
  void drop(long upTo) {
    while (!buckets.isEmpty() && buckets.getFirst().last <= upTo) {
      buckets.removeFirst();
    }
  }

  /** Whether the log is larger than so many times the limits. */
  boolean exceeds(int times) {
    long entries = 0;
    long bytes = 0;
    for (Bucket bucket : buckets) {
      entries += bucket.entries();
      bytes += bucket.bytes;
    }
    return entries > times * limits.entries() || bytes > times * limits.bytes();
  }

  /**
   * Up to where the log may be dropped now: nowhere (0) as long as what is applied is within the
   * limits, and then so far that half of that stays, for members that lag a little.
   *
   * @param upTo what lies behind it is kept in any case
   */
  long droppable(long upTo) {
    long entries = 0;
    long bytes = 0;
    for (Bucket bucket : buckets) {
      if (bucket.last <= upTo) {
        entries += bucket.entries();
        bytes += bucket.bytes;
      }
    }
    if (entries <= limits.entries() && bytes <= limits.bytes()) {
      return 0;
    }
    long found = 0;
    for (Bucket bucket : buckets) {
      boolean enough = entries <= limits.entries() / 2 && bytes <= limits.bytes() / 2;
      if (enough || bucket.last > upTo) {
        break;
      }
      entries -= bucket.entries();
      bytes -= bucket.bytes;
      found = bucket.last;
    }
    return found;
  }
}
