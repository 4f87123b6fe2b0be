package io.troupe.fuse.protocol;

import io.troupe.actors.fs.Attributes;
import java.lang.foreign.MemorySegment;

/**
 * The answer to GETATTR and SETATTR, {@code fuse_attr_out}.
 *
 * <pre>
 *   0            8               12      16
 *   | attr valid | attr valid ns | dummy | attr |
 * </pre>
 */
public final class AttrOut {
  public static final int BYTES = 16 + Attr.BYTES;

  private AttrOut() {}

  public static void write(MemorySegment s, long at, Attributes a, Validity validity) {
    Fields.u64(s, at, validity.seconds());
    Fields.u32(s, at + 8, validity.nanos());
    Fields.u32(s, at + 12, 0);
    Attr.write(s, at + 16, a);
  }

  public static Attributes attributes(MemorySegment s, long at) {
    return Attr.read(s, at + 16);
  }
}
