package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * A word to the kernel that nobody asked for: what it knows of an inode is out of date, {@code
 * fuse_notify_inval_inode_out}. In front goes a {@link ReplyHeader} with {@link #CODE} as error and
 * 0 as unique.
 *
 * <pre>
 *   0           8              16
 *   | inode u64 | offset (i64) | length (i64) |
 * </pre>
 *
 * A negative offset means attributes alone, which takes no lock of the inode; else pages of that
 * range too.
 */
public final class InvalInodeOut {
  public static final int BYTES = 24;
  public static final int CODE = 2;

  private InvalInodeOut() {}

  public static void writeAttributesOnly(MemorySegment s, long at, long inode) {
    Fields.u64(s, at, inode);
    Fields.u64(s, at + 8, -1);
    Fields.u64(s, at + 16, 0);
  }
}
