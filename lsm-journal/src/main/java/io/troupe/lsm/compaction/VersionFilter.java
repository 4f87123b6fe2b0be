package io.troupe.lsm.compaction;

import io.troupe.lsm.entry.Delta;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Keys;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.range.RangeTombstones;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * What a merge writes of the versions that it reads, in order: keys ascending, the newest version
 * first. Pure.
 *
 * <p>Snapshots cut the sequence numbers into strata; whoever reads sees the newest version of a key
 * in its stratum or below. So of each stratum the newest version is kept, unless a delete of a
 * range in the same stratum covers it. Changes of a counter in one stratum are added up, with the
 * value that they change when it is in that stratum too; across a snapshot nothing is added. A
 * delete in the lowest stratum hides nothing but what this merge drops, when nothing deeper has the
 * key.
 *
 * <p>A version that is kept is looked at in place; only sums have memory of their own.
 */
public final class VersionFilter implements EntryCursor {

  private final EntryCursor source;
  private final long[] snapshots;
  private final RangeTombstones ranges;
  private final Deeper deeper;
  private final MemorySegment sum = MemorySegment.ofArray(new byte[Delta.BYTES]);

  private byte[] key = new byte[64]; // of the group of versions that is being read
  private int keyLength; // none before the first: keys have at least one byte
  private int stratum;
  private boolean complete; // the rest of the group is hidden
  private boolean ahead; // the source stands on a version that was not looked at

  private boolean summed; // what is under the cursor is a sum, and not what the source has
  private byte summedKind;
  private long summedSequence;

  /**
   * @param source the versions; closed with this
   * @param snapshots pinned sequence numbers, ascending
   * @param ranges the deletes of ranges of the tables that are merged
   * @param deeper what lies below the result
   */
  public VersionFilter(
      EntryCursor source, long[] snapshots, RangeTombstones ranges, Deeper deeper) {
    this.source = source;
    this.snapshots = snapshots;
    this.ranges = ranges;
    this.deeper = deeper;
  }

  /** Which deletes of ranges a merge writes of those that it read. */
  public static RangeTombstones ranges(RangeTombstones read, long[] snapshots, Deeper deeper) {
    return read.keeping(
        (from, to, descending) -> {
          long[] kept = new long[descending.length];
          int count = 0;
          int last = -1;
          for (long sequence : descending) {
            int at = stratum(snapshots, sequence);
            if (at != last && !(at == 0 && !deeper.overlaps(from, to))) {
              kept[count++] = sequence;
            }
            last = at;
          }
          return Arrays.copyOf(kept, count);
        });
  }

  @Override
  public boolean next() throws IOException {
    summed = false;
    while (ahead || source.next()) {
      ahead = false;
      int at = stratum(snapshots, source.sequence());
      boolean same = isSameKey();
      if (same && at == stratum && complete) {
        continue;
      }
      if (!same) {
        remember();
      }
      stratum = at;
      complete = true;
      if (isCovered(at)) {
        continue;
      }
      byte kind = source.kind();
      if (kind == Kind.MERGE) {
        add();
        return true;
      }
      if (kind == Kind.DELETE && at == 0 && !deeper.mayHave(key, keyLength)) {
        continue;
      }
      return true;
    }
    return false;
  }

  /** Adds up a change of a counter with the versions below it that belong to its stratum. */
  private void add() throws IOException {
    long total = Delta.at(source.valueMemory(), source.valueOffset());
    summedSequence = source.sequence();
    summedKind = Kind.MERGE;
    boolean more;
    while (true) {
      more = source.next();
      if (!more || !isSameKey()) {
        if (!deeper.mayHave(key, keyLength)) {
          summedKind = Kind.PUT; // there is nothing to be added to
        }
        break;
      }
      if (stratum(snapshots, source.sequence()) != stratum) {
        break;
      }
      if (isCovered(stratum) || source.kind() == Kind.DELETE) {
        summedKind = Kind.PUT;
        break;
      }
      if (source.kind() == Kind.PUT) {
        if (source.valueLength() == Delta.BYTES) {
          total += Delta.at(source.valueMemory(), source.valueOffset());
          summedKind = Kind.PUT;
        } else {
          complete = false; // no counter: it stays, and who reads is told
        }
        break;
      }
      total += Delta.at(source.valueMemory(), source.valueOffset());
    }
    ahead = more;
    Delta.put(sum, 0, total);
    summed = true;
  }

  private boolean isSameKey() {
    return Keys.same(key, keyLength, source.keyBuffer(), source.keyLength());
  }

  private void remember() {
    int length = source.keyLength();
    if (key.length < length) {
      key = new byte[2 * length];
    }
    System.arraycopy(source.keyBuffer(), 0, key, 0, length);
    keyLength = length;
  }

  /** Whether a delete of a range, seen by all who see the version, is newer than it. */
  private boolean isCovered(int at) {
    if (ranges.isEmpty()) {
      return false;
    }
    long upTo = at < snapshots.length ? snapshots[at] : Long.MAX_VALUE;
    return ranges.newest(key, keyLength, upTo) > source.sequence();
  }

  private static int stratum(long[] snapshots, long sequence) {
    if (snapshots.length == 0) {
      return 0;
    }
    int at = Arrays.binarySearch(snapshots, sequence);
    return at >= 0 ? at : -at - 1;
  }

  @Override
  public byte[] keyBuffer() {
    return summed ? key : source.keyBuffer();
  }

  @Override
  public int keyLength() {
    return summed ? keyLength : source.keyLength();
  }

  @Override
  public long sequence() {
    return summed ? summedSequence : source.sequence();
  }

  @Override
  public byte kind() {
    return summed ? summedKind : source.kind();
  }

  @Override
  public MemorySegment valueMemory() {
    return summed ? sum : source.valueMemory();
  }

  @Override
  public long valueOffset() {
    return summed ? 0 : source.valueOffset();
  }

  @Override
  public int valueLength() {
    return summed ? Delta.BYTES : source.valueLength();
  }

  @Override
  public void close() {
    source.close();
  }
}
