package io.troupe.osd.store;

import io.troupe.actors.id.FileId;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells whether bytes that were acknowledged but not synced are still there. All files begin with
 * the number of this start of the store; a file that lost something, for one because a sync failed,
 * gets another. Who wrote under one number and syncs under another has lost something, or may have.
 * Thread-safe.
 */
final class Incarnations {
  private final int maxRemembered;
  private final Map<FileId, Long> changed = new HashMap<>();
  private long ofThisStart = new SecureRandom().nextLong();
  private long losses;

  /**
   * @param maxRemembered files; where more lose something, all files get another number
   */
  Incarnations(int maxRemembered) {
    this.maxRemembered = maxRemembered;
  }

  synchronized long of(FileId file) {
    return ofThisStart + changed.getOrDefault(file, 0L);
  }

  synchronized void lost(FileId file) {
    if (changed.size() >= maxRemembered && !changed.containsKey(file)) {
      changed.clear();
      ofThisStart = new SecureRandom().nextLong();
    }
    changed.put(file, ++losses);
  }
}
