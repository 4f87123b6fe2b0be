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
 * <p>Format 2 differs in that acknowledged changes may be lost with the power.
 *
 * @param nextSerial lower 48 bits of the next inode number; numbers are never used again
 * @param usedBytes sum of the files' sizes
 * @param removing the volume is being removed
 * @param mayLose the next serial may be that of a file which was lost with the power
 */
record Head(
    VolumePolicy policy,
    long nextSerial,
    long inodes,
    long usedBytes,
    boolean removing,
    boolean mayLose) {
  private static final byte FORMAT = 1;
  private static final byte FORMAT_MAY_LOSE = 2;

  byte[] encode() {
    return ByteBuffer.allocate(44)
        .put(mayLose ? FORMAT_MAY_LOSE : FORMAT)
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
    if (format != FORMAT && format != FORMAT_MAY_LOSE) {
      throw new IllegalStateException("head of a partition has format " + format);
    }
    StripingPolicy striping = new StripingPolicy(in.getInt(), Short.toUnsignedInt(in.getShort()));
    VolumePolicy policy = new VolumePolicy(striping, in.getInt(), in.getInt(), in.getInt());
    return new Head(
        policy, in.getLong(), in.getLong(), in.getLong(), in.get() != 0, format == FORMAT_MAY_LOSE);
  }

  Head counted(long inodeChange, long byteChange) {
    return new Head(
        policy,
        nextSerial,
        inodes + inodeChange,
        Math.max(0, usedBytes + byteChange),
        removing,
        mayLose);
  }

  Head serialTaken() {
    return new Head(policy, nextSerial + 1, inodes, usedBytes, removing, mayLose);
  }

  Head serialsPassed(long serials, boolean laterMayLose) {
    return new Head(policy, nextSerial + serials, inodes, usedBytes, removing, laterMayLose);
  }

  Head inRemoval() {
    return new Head(policy, nextSerial, inodes, usedBytes, true, mayLose);
  }
}
