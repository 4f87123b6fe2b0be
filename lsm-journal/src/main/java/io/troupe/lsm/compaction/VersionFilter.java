package io.troupe.lsm.compaction;

import io.troupe.lsm.entry.Keys;
import io.troupe.lsm.entry.Kind;
import java.util.Arrays;

/**
 * Which versions of keys a merge has to keep. Asked for every version in order (keys ascending,
 * newest version first). Pure.
 *
 * <p>Snapshots cut the sequence numbers into strata; whoever reads sees the newest version of a key
 * in its stratum or below. So the newest version of each stratum is kept. A delete in the lowest
 * stratum hides nothing but what this merge drops, when it is the bottom.
 */
public final class VersionFilter {

  private final long[] snapshots;
  private final boolean bottom;
  private byte[] key = new byte[64];
  private int keyLength; // none before the first: keys have at least one byte
  private int stratum;

  /**
   * @param snapshots pinned sequence numbers, ascending
   * @param bottom whether nothing below has versions of these keys
   */
  public VersionFilter(long[] snapshots, boolean bottom) {
    this.snapshots = snapshots;
    this.bottom = bottom;
  }

  /** Whether the next version is kept; its key is the start of an array. */
  public boolean keep(byte[] nextKey, int nextLength, long sequence, byte kind) {
    int at = Arrays.binarySearch(snapshots, sequence);
    int nextStratum = at >= 0 ? at : -at - 1;
    boolean same = Keys.same(key, keyLength, nextKey, nextLength);
    boolean hidden = same && nextStratum == stratum;
    if (!same) {
      if (key.length < nextLength) {
        key = new byte[2 * nextLength];
      }
      System.arraycopy(nextKey, 0, key, 0, nextLength);
      keyLength = nextLength;
    }
    stratum = nextStratum;
    return !hidden && !(kind == Kind.DELETE && bottom && nextStratum == 0);
  }
}
