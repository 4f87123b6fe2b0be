package io.troupe.lsm.compaction;

import io.troupe.lsm.version.Version;

/**
 * How large each level of an index should be. Pure.
 *
 * <p>Counted from below: the last level has nearly everything, each one above it a tenth of the
 * next, so that what is out of date takes a ninth of the whole at most. Level 0 is merged into the
 * <em>base</em>, the lowest level that is not much larger than what a merge of level 0 brings; the
 * levels between are empty. A level of its own between level 0 and a base that is up to {@link
 * #BASE_BATCHES} times such a merge would be rewritten as often as it saves.
 */
public final class LevelTargets {

  /** How much larger each level is than the one above. */
  static final int FANOUT = 10;

  /** How many merges of level 0 the base holds, at most. */
  static final int BASE_BATCHES = 5;

  private static final int BOTTOM = Version.LEVELS - 1;

  private final long[] targets = new long[Version.LEVELS];
  private final int base;

  /**
   * @param batchBytes what a merge of level 0 brings
   */
  LevelTargets(Version version, int index, long batchBytes) {
    long largest = batchBytes;
    int first = BOTTOM;
    for (int level = BOTTOM; level > 0; level--) {
      largest = Math.max(largest, version.bytes(index, level));
      first = version.level(index, level).isEmpty() ? first : level;
    }
    long target = largest;
    int wanted = 1;
    for (int level = BOTTOM; level > 0; level--) {
      targets[level] = Math.max(1, target);
      if (wanted == 1 && target <= BASE_BATCHES * batchBytes) {
        wanted = level;
      }
      target /= FANOUT;
    }
    // Never past tables: what comes from level 0 is newer than they are.
    base = Math.min(first, wanted);
  }

  /** The level that level 0 is merged into. */
  public int base() {
    return base;
  }

  /** The size from which on a level is too large. The last one never is. */
  public long target(int level) {
    return level == BOTTOM ? Long.MAX_VALUE : targets[level];
  }
}
