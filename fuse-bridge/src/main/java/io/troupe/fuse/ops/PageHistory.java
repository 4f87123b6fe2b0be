package io.troupe.fuse.ops;

import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.FileTime;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Decides whether the kernel may keep the pages that it has of a file when the file is opened once
 * more: if nothing about its content has changed since the open at which the kernel last dropped
 * them. Whoever opens a file after another client closed it so reads what that client wrote.
 *
 * <p>A state counts only once the handle that was opened in it has been released: by then the
 * kernel has dropped older pages for certain, while the reply to that open may still be under way
 * when the next one is asked. A client's own writes change the state too and cost a re-read after
 * the next open, since the times alone do not tell whose they were.
 */
final class PageHistory {
  /** Enough for what fits a page cache; beyond it the kernel reads once more. */
  static final int MAX_FILES = 1 << 16;

  /**
   * @param opener the handle whose open made the kernel drop its pages
   * @param settled that handle was released
   */
  private record Seen(
      long size, int truncateEpoch, FileTime mtime, FileTime ctime, long opener, boolean settled) {
    boolean isOf(Attributes a) {
      return size == a.sizeBytes()
          && truncateEpoch == a.truncateEpoch()
          && mtime.equals(a.mtime())
          && ctime.equals(a.ctime());
    }
  }

  private final ConcurrentHashMap<Long, Seen> files = new ConcurrentHashMap<>();

  /** True if the pages may stay; else the open with this handle drops them. */
  boolean opened(Attributes a, long handle) {
    Seen seen = files.get(a.inode());
    if (seen != null && seen.isOf(a)) {
      return seen.settled();
    }
    if (files.size() >= MAX_FILES) {
      files.clear();
    }
    files.put(
        a.inode(), new Seen(a.sizeBytes(), a.truncateEpoch(), a.mtime(), a.ctime(), handle, false));
    return false;
  }

  void released(long inode, long handle) {
    Seen seen = files.get(inode);
    if (seen != null && !seen.settled() && seen.opener() == handle) {
      files.replace(
          inode,
          seen,
          new Seen(seen.size(), seen.truncateEpoch(), seen.mtime(), seen.ctime(), handle, true));
    }
  }

  /** The kernel has forgotten the inode and its pages with it. */
  void forgotten(long inode) {
    files.remove(inode);
  }
}
