package io.troupe.lsm.memtable;

import io.troupe.lsm.Index;
import io.troupe.lsm.range.GrowingTombstones;
import io.troupe.lsm.wal.Operations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One generation of what is only in memory and in the log: a list for each index. Written by one
 * thread at a time, read by everyone; once another generation has taken its place it does not
 * change any more.
 *
 * <p>Its memory is used again when nobody can read it any more: each view that has it counts as a
 * user, readers hold a view for as long as they look at entries and values, and no new view has it
 * once it was flushed. So when the last user lets go, no reader has a reference into it, nor can
 * one come.
 */
public final class Memtable {

  private static final @Nullable SkipList[] NONE = new SkipList[0];
  private static final @Nullable GrowingTombstones[] NO_RANGES = new GrowingTombstones[0];

  private final long firstSegment;
  private final Slabs slabs;
  private final Slabs.Filler nodes;
  private final Slabs.Filler data;
  private final AtomicInteger users = new AtomicInteger();
  private volatile @Nullable SkipList[] lists = NONE;
  private volatile @Nullable GrowingTombstones[] ranges = NO_RANGES;
  private volatile long rangeBytes;
  private final List<Index> declared = new ArrayList<>();
  private volatile long lastSequence;

  /**
   * @param firstSegment number of the log segment that holds its first frame, or a lower one
   */
  public Memtable(long firstSegment, SlabPool pool) {
    this.firstSegment = firstSegment;
    this.slabs = new Slabs(pool);
    this.nodes = slabs.new Filler();
    this.data = slabs.new Filler();
  }

  /** Adds the version that an operation makes; key and value are copied. Writer only. */
  public void put(Operations operation, long sequence) {
    int index = operation.index();
    if (operation.kind() == Operations.DELETE_RANGE) {
      deleteRange(operation, sequence);
      return;
    }
    @Nullable SkipList[] known = lists;
    SkipList list = index < known.length ? known[index] : null;
    if (list == null) {
      list = new SkipList(slabs, nodes, data);
      known = Arrays.copyOf(known, Math.max(known.length, index + 1));
      known[index] = list;
      lists = known;
    }
    list.put(operation, sequence);
  }

  private void deleteRange(Operations operation, long sequence) {
    int index = operation.index();
    @Nullable GrowingTombstones[] known = ranges;
    GrowingTombstones list = index < known.length ? known[index] : null;
    if (list == null) {
      list = new GrowingTombstones();
      known = Arrays.copyOf(known, Math.max(known.length, index + 1));
      known[index] = list;
      ranges = known;
    }
    long more = list.add(operation.rangeTombstone(sequence));
    long before = rangeBytes;
    rangeBytes = before + more;
  }

  /** All up to a sequence number was put. Writer only. */
  public void wrote(long sequence) {
    lastSequence = sequence;
  }

  /** Notes that the log declares an index in a frame of this generation. Writer only. */
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

  /** The deletes of ranges of an index; null when there was none. */
  public @Nullable GrowingTombstones ranges(int index) {
    @Nullable GrowingTombstones[] known = ranges;
    return index < known.length ? known[index] : null;
  }

  /** One more than the highest index id with a list, or deletes of ranges. */
  public int indices() {
    return Math.max(lists.length, ranges.length);
  }

  /** The memory that it has, used or not. */
  public long bytes() {
    return slabs.bytes() + rangeBytes;
  }

  /** One more view has it. */
  public void retain() {
    users.incrementAndGet();
  }

  /** A view that had it is not used any more. */
  public void release() {
    if (users.decrementAndGet() == 0) {
      slabs.release();
    }
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
