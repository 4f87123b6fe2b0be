package io.troupe.mrc.volume;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The time after a Volume's begin in which it does not know yet what its clients have open: they
 * notice that it began anew, and tell. Until then every file may be open, and none goes with its
 * last name.
 *
 * <p>Most of those that lose it meanwhile nobody has open. Their entities have not heard of them,
 * and are spared that.
 */
final class Grace {
  /** About 6 MB; files beyond it take the longer way, by their entities. */
  static final int MAX_SPARED = 100_000;

  private final Set<Long> spared = new LinkedHashSet<>();
  private boolean over;

  boolean isOver() {
    return over;
  }

  void end() {
    over = true;
  }

  /** The last name is gone of a file of which its entity knows nothing. */
  void spare(long inode) {
    if (!over && spared.size() < MAX_SPARED) {
      spared.add(inode);
    }
  }

  boolean spares(long inode) {
    return spared.contains(inode);
  }

  /** The file is gone, or its entity may know of it now. */
  void forget(long inode) {
    spared.remove(inode);
  }

  /** The first of those that are spared. */
  List<Long> some(int max) {
    List<Long> some = new ArrayList<>(Math.min(max, spared.size()));
    for (Iterator<Long> i = spared.iterator(); i.hasNext() && some.size() < max; ) {
      some.add(i.next());
    }
    return some;
  }
}
