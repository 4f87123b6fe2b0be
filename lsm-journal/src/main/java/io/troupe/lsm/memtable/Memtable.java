package io.troupe.lsm.memtable;

import io.troupe.lsm.Index;
import io.troupe.lsm.entry.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One generation of what is only in memory and in the log: a list for each index. Written by the
 * log thread, read by everyone; once another generation has taken its place it does not change any
 * more.
 */
public final class Memtable {

  /**
   * What a version costs on the heap besides key and value: node, links, two array headers, about.
   */
  private static final int NODE_BYTES = 112;

  private static final @Nullable SkipList[] NONE = new SkipList[0];
  private static final byte[] NO_VALUE = new byte[0];

  private final long firstSegment;
  private volatile @Nullable SkipList[] lists = NONE;
  private final List<Index> declared = new ArrayList<>();
  private volatile long bytes;
  private volatile long lastSequence;

  /**
   * @param firstSegment number of the log segment that holds its first frame, or a lower one
   */
  public Memtable(long firstSegment) {
    this.firstSegment = firstSegment;
  }

  /** Adds a version; a null value is a delete. Log thread only. */
  public void put(int index, byte[] key, long sequence, byte @Nullable [] value) {
    if (value == null) {
      put(index, key, sequence, Kind.DELETE, NO_VALUE);
    } else {
      put(index, key, sequence, Kind.PUT, value);
    }
  }

  /** Adds a version of a {@link Kind}. Log thread only. */
  public void put(int index, byte[] key, long sequence, byte kind, byte[] value) {
    @Nullable SkipList[] known = lists;
    SkipList list = index < known.length ? known[index] : null;
    if (list == null) {
      list = new SkipList();
      known = Arrays.copyOf(known, Math.max(known.length, index + 1));
      known[index] = list;
      lists = known;
    }
    list.put(key, sequence, kind, value);
  }

  /** Accounts for a batch that was put. Log thread only. */
  public void wrote(long batchBytes, int operations, long sequence) {
    long total = bytes + batchBytes + (long) operations * NODE_BYTES;
    bytes = total;
    lastSequence = sequence;
  }

  /** Notes that the log declares an index in a frame of this generation. Log thread only. */
  public void declare(Index index) {
    declared.add(index);
  }

  /** The indices declared in this generation; to be read when it does not change any more. */
  public List<Index> declared() {
    return List.copyOf(declared);
  }

  /** The list of an index; null when nothing was written to it. */
  public @Nullable SkipList list(int index) {
    @Nullable SkipList[] known = lists;
    return index < known.length ? known[index] : null;
  }

  /** One more than the highest index id with a list. */
  public int indices() {
    return lists.length;
  }

  public long bytes() {
    return bytes;
  }

  /** Sequence number of the newest batch, 0 when there is none. */
  public long lastSequence() {
    return lastSequence;
  }

  public boolean isEmpty() {
    return lastSequence == 0;
  }

  public long firstSegment() {
    return firstSegment;
  }
}
