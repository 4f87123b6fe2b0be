package io.troupe.mrc.namespace;

import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.XLocSet;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The value of {@link Table#INODE}, big endian.
 *
 * <pre>
 *   | format (u8) | flags (u8) | mode nlink uid gid rdev (i32 each) | size (i64) | truncate epoch (i32) |
 *   | atime, mtime, ctime: seconds (i64), nanos (i32) each | parent (i64) |
 *   | size of the pending cut (i64), if the file has grown since: flag 8 |
 *   | symlink: target, to the end | regular file: xloc set, see XLocCodec |
 * </pre>
 *
 * Flags: 1 truncate pending, 2 has an xloc set, 4 has a target, 8 the cut is not at the file's
 * size.
 */
final class InodeCodec {
  private static final byte FORMAT = 1;
  private static final int FIXED_BYTES = 2 + 5 * 4 + 8 + 4 + 3 * 12 + 8;
  private static final int PENDING = 1;
  private static final int XLOCS = 2;
  private static final int TARGET = 4;
  private static final int CUT = 8;

  private InodeCodec() {}

  static byte[] encode(InodeRecord r) {
    byte[] tail = r.xlocs().map(XLocCodec::encode).or(r::target).orElseGet(() -> new byte[0]);
    boolean cutElsewhere =
        r.pendingCut().isPresent() && r.pendingCut().getAsLong() != r.attributes().sizeBytes();
    int flags =
        (r.pendingCut().isPresent() ? PENDING : 0)
            | (cutElsewhere ? CUT : 0)
            | (r.xlocs().isPresent() ? XLOCS : 0)
            | (r.target().isPresent() ? TARGET : 0);
    Attributes a = r.attributes();
    ByteBuffer out = ByteBuffer.allocate(FIXED_BYTES + (cutElsewhere ? 8 : 0) + tail.length);
    out.put(FORMAT).put((byte) flags);
    out.putInt(a.mode()).putInt(a.nlink()).putInt(a.uid()).putInt(a.gid()).putInt(a.rdev());
    out.putLong(a.sizeBytes()).putInt(a.truncateEpoch());
    for (FileTime t : new FileTime[] {a.atime(), a.mtime(), a.ctime()}) {
      out.putLong(t.seconds()).putInt(t.nanos());
    }
    out.putLong(r.parent());
    if (cutElsewhere) {
      out.putLong(r.pendingCut().getAsLong());
    }
    return out.put(tail).array();
  }

  static InodeRecord decode(long inode, byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(value);
    byte format = in.get();
    if (format != FORMAT) {
      throw new IllegalStateException("inode " + inode + " has format " + format);
    }
    int flags = in.get();
    int mode = in.getInt();
    int nlink = in.getInt();
    int uid = in.getInt();
    int gid = in.getInt();
    int rdev = in.getInt();
    long size = in.getLong();
    int epoch = in.getInt();
    Attributes attributes =
        new Attributes(
            inode, mode, nlink, uid, gid, rdev, size, epoch, time(in), time(in), time(in));
    long parent = in.getLong();
    OptionalLong pendingCut = OptionalLong.empty();
    if ((flags & PENDING) != 0) {
      pendingCut = OptionalLong.of((flags & CUT) != 0 ? in.getLong() : size);
    }
    Optional<XLocSet> xlocs =
        (flags & XLOCS) != 0 ? Optional.of(XLocCodec.decode(in)) : Optional.empty();
    Optional<byte[]> target = Optional.empty();
    if ((flags & TARGET) != 0) {
      byte[] t = new byte[in.remaining()];
      in.get(t);
      target = Optional.of(t);
    }
    return new InodeRecord(attributes, parent, pendingCut, xlocs, target);
  }

  private static FileTime time(ByteBuffer in) {
    return new FileTime(in.getLong(), in.getInt());
  }
}
