package io.troupe.fuse.ops;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Handles that the kernel has and has not given back. Bounded by the kernel's own limit of files.
 */
final class OpenFiles {
  private final Set<Long> handles = ConcurrentHashMap.newKeySet();

  void opened(long handle) {
    handles.add(handle);
  }

  void released(long handle) {
    handles.remove(handle);
  }

  /** A copy. */
  Set<Long> handles() {
    return Set.copyOf(handles);
  }
}
