package io.troupe.mrc.namespace;

import io.troupe.actors.fs.Name;
import java.nio.ByteBuffer;

/**
 * A directory entry, the value of {@link Table#DENTRY}: {@code | format (u8) | inode (i64) | name
 * |}.
 *
 * <p>Its cookie is its place in the directory and its key: 55 bits of the name's hash, then an
 * ordinal among the names of equal hash. Ordinals of one hash are contiguous from 0, so that a
 * lookup may stop at the first gap.
 */
record Dentry(long cookie, long inode, Name name) {
  static final int MAX_ORDINAL = 255;
  private static final byte FORMAT = 1;
  private static final long HASH_MASK = (1L << 55) - 1;

  /** The cookie of the first entry of that name's hash. Never below 256. */
  static long firstCookie(Name name) {
    long h = 0xcbf29ce484222325L;
    for (byte b : name.bytes()) {
      h = (h ^ (b & 0xff)) * 0x100000001b3L;
    }
    // FNV alone leaves the upper bits of short names alike, and those order the directory.
    h = (h ^ (h >>> 32)) * 0x9e3779b97f4a7c15L;
    h = (h ^ (h >>> 29)) & HASH_MASK;
    return Math.max(h, 1) << 8;
  }

  byte[] encode() {
    return ByteBuffer.allocate(9 + name.length())
        .put(FORMAT)
        .putLong(inode)
        .put(name.bytes())
        .array();
  }

  static Dentry decode(long cookie, byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(value);
    byte format = in.get();
    if (format != FORMAT) {
      throw new IllegalStateException("dentry " + cookie + " has format " + format);
    }
    long inode = in.getLong();
    byte[] name = new byte[in.remaining()];
    in.get(name);
    return new Dentry(cookie, inode, Name.of(name));
  }
}
