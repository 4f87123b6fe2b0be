package io.troupe.mrc.namespace;

import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.volume.VolumePolicy;
import java.nio.ByteBuffer;

/**
 * The head of a partition, the value of {@link Table#HEAD}.
 *
 * <pre>
 *   | format (u8) | object size (i32) | width (u16) | root mode, uid, gid (i32 each) |
 *   | next serial (i64) | inodes (i64) | used bytes (i64) | removing (u8) |
 * </pre>
 *
 * @param nextSerial lower 48 bits of the next inode number; numbers are never used again
 * @param usedBytes sum of the files' sizes
 * @param removing the volume is being removed
 */
record Head(VolumePolicy policy, long nextSerial, long inodes, long usedBytes, boolean removing) {
  private static final byte FORMAT = 1;

  byte[] encode() {
    return ByteBuffer.allocate(44)
        .put(FORMAT)
        .putInt(policy.striping().objectSizeBytes())
        .putShort((short) policy.striping().width())
        .putInt(policy.rootMode())
        .putInt(policy.rootUid())
        .putInt(policy.rootGid())
        .putLong(nextSerial)
        .putLong(inodes)
        .putLong(usedBytes)
        .put((byte) (removing ? 1 : 0))
        .array();
  }

  static Head decode(byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(value);
    byte format = in.get();
    if (format != FORMAT) {
      throw new IllegalStateException("head of a partition has format " + format);
    }
    StripingPolicy striping = new StripingPolicy(in.getInt(), Short.toUnsignedInt(in.getShort()));
    VolumePolicy policy = new VolumePolicy(striping, in.getInt(), in.getInt(), in.getInt());
    return new Head(policy, in.getLong(), in.getLong(), in.getLong(), in.get() != 0);
  }

  Head counted(long inodeChange, long byteChange) {
    return new Head(
        policy, nextSerial, inodes + inodeChange, Math.max(0, usedBytes + byteChange), removing);
  }

  Head serialTaken() {
    return new Head(policy, nextSerial + 1, inodes, usedBytes, removing);
  }

  Head inRemoval() {
    return new Head(policy, nextSerial, inodes, usedBytes, true);
  }
}
