package io.troupe.lsm.wal;

import java.io.IOException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The segments of the log that there are, each with the sequence number that it starts at: those
 * that recovery needs, and before them as many as are to be kept for those who follow the log.
 * Thread-safe.
 */
public final class WalSegments {

  private final SegmentPool pool;
  private final long retainBytes;
  private final int segmentBytes;
  private final NavigableMap<Long, Long> starts = new TreeMap<>();

  /**
   * @param retainBytes how much is kept that recovery does not need
   */
  public WalSegments(SegmentPool pool, int segmentBytes, long retainBytes) {
    this.pool = pool;
    this.segmentBytes = segmentBytes;
    this.retainBytes = retainBytes;
  }

  /** A segment is there. */
  synchronized void add(long number, long start) {
    starts.put(number, start);
  }

  /**
   * Gives up segments that recovery does not need, the oldest first.
   *
   * @param needed the first that recovery needs
   * @param room whether the disk has room to keep any
   * @return whether there were any
   */
  public boolean release(long needed, boolean room) throws IOException {
    long kept = room ? retainBytes / segmentBytes : 0;
    boolean released = false;
    while (true) {
      long number;
      synchronized (this) {
        if (starts.isEmpty() || starts.firstKey() >= needed - kept) {
          break;
        }
        // Nobody finds it from now on; who reads it will see that it is another one.
        number = starts.pollFirstEntry().getKey();
      }
      pool.recycle(WalFormat.fileName(number));
      released = true;
    }
    if (released && !room && retainBytes > 0) {
      pool.shrink(); // recycled files take as much of the disk as those that were kept
    }
    return released;
  }

  /** The segment that has a batch, or will have it. Empty when it was given up. */
  synchronized OptionalLong holding(long sequence) {
    long found = -1;
    for (Map.Entry<Long, Long> segment : starts.entrySet()) {
      if (segment.getValue() > sequence) {
        break;
      }
      found = segment.getKey();
    }
    return found < 0 ? OptionalLong.empty() : OptionalLong.of(found);
  }

  /** The segment behind another one. */
  synchronized OptionalLong after(long number) {
    Long next = starts.higherKey(number);
    return next == null ? OptionalLong.empty() : OptionalLong.of(next);
  }

  /** Whether a segment was not given up. */
  synchronized boolean has(long number) {
    return starts.containsKey(number);
  }

  /** The oldest sequence number that can be read. */
  public synchronized long oldest() {
    return starts.isEmpty() ? 0 : starts.firstEntry().getValue();
  }
}
