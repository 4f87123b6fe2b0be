package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * LINK, {@code fuse_link_in}; the new name follows. The directory is the request's node.
 *
 * <pre>
 *   0             8
 *   | inode (u64) | name … NUL |
 * </pre>
 */
public final class LinkIn {
  public static final int BYTES = 8;

  private LinkIn() {}

  public static long inode(MemorySegment s, long at) {
    return Fields.u64(s, at);
  }
}
