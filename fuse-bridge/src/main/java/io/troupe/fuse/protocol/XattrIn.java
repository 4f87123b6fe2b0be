package io.troupe.fuse.protocol;

import java.lang.foreign.MemorySegment;

/**
 * Extended attributes.
 *
 * <pre>
 *   SETXATTR             0      4       8       12        16
 *   (with SETXATTR_EXT)  | size | flags | flags | padding | name … NUL | value |
 *   SETXATTR             0      4       8
 *   (without)            | size | flags | name … NUL | value |
 *   GETXATTR, LISTXATTR  0      4         8
 *                        | size | padding | name … NUL (GETXATTR only) |
 * </pre>
 *
 * A size of 0 in GETXATTR and LISTXATTR asks for the size alone; the answer to that is the size and
 * four bytes of padding.
 */
public final class XattrIn {
  public static final int SET_BYTES = 16;
  public static final int SET_BYTES_OLD = 8;
  public static final int GET_BYTES = 8;
  public static final int SIZE_REPLY_BYTES = 8;

  public static final int CREATE = 1;
  public static final int REPLACE = 2;

  private XattrIn() {}

  /** Of the value to set, or of the room for the answer. */
  public static int size(MemorySegment s, long at) {
    return Fields.u32(s, at);
  }

  /** Of SETXATTR: as given to setxattr(2). */
  public static int flags(MemorySegment s, long at) {
    return Fields.u32(s, at + 4);
  }

  public static void writeSizeReply(MemorySegment s, long at, int size) {
    Fields.u32(s, at, size);
    Fields.u32(s, at + 4, 0);
  }
}
