package io.troupe.lsm.compaction;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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
  private byte @Nullable [] key;
  private int stratum;

  /**
   * @param snapshots pinned sequence numbers, ascending
   * @param bottom whether nothing below has versions of these keys
   */
  public VersionFilter(long[] snapshots, boolean bottom) {
    this.snapshots = snapshots;
    this.bottom = bottom;
  }

  /** Whether the next version is kept. */
  public boolean keep(byte[] nextKey, long sequence, boolean isDelete) {
    int at = Arrays.binarySearch(snapshots, sequence);
    int nextStratum = at >= 0 ? at : -at - 1;
    boolean hidden = key != null && nextStratum == stratum && Arrays.equals(key, nextKey);
    key = nextKey;
    stratum = nextStratum;
    return !hidden && !(isDelete && bottom && nextStratum == 0);
  }
}
