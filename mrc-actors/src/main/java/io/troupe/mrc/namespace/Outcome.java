package io.troupe.mrc.namespace;

import java.nio.ByteBuffer;

/**
 * What became of the last change of a client's place, the value of {@link Table#OUTCOME}: enough to
 * answer it once more. Changes that failed are not remembered, since they changed nothing; who asks
 * for one again may find that it works now.
 *
 * <pre>
 *   | format (u8) | number (i64) | seconds since 1970 (i64) | inode (i64) | created (u8) |
 * </pre>
 *
 * @param number of the change, see {@link io.troupe.actors.volume.OperationId}
 * @param atSecond when it was carried out
 * @param value what it was answered with
 */
public record Outcome(long number, long atSecond, Value value) {
  private static final byte FORMAT = 1;
  private static final int BYTES = 26;

  /**
   * What a change is answered with.
   *
   * @param inode 0 where the answer is only that it is done
   * @param created it made the inode
   */
  public record Value(long inode, boolean created) {
    /** Nothing to say. */
    public static final Value DONE = new Value(0, false);
  }

  byte[] encode() {
    return ByteBuffer.allocate(BYTES)
        .put(FORMAT)
        .putLong(number)
        .putLong(atSecond)
        .putLong(value.inode())
        .put((byte) (value.created() ? 1 : 0))
        .array();
  }

  static Outcome decode(byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(value);
    byte format = in.get();
    if (format != FORMAT) {
      throw new IllegalStateException("outcome of a change has format " + format);
    }
    return new Outcome(in.getLong(), in.getLong(), new Value(in.getLong(), in.get() != 0));
  }
}
