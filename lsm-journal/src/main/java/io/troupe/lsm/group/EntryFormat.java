package io.troupe.lsm.group;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.troupe.lsm.replicated.LogEntry;
import io.troupe.lsm.replicated.LogEntry.Barrier;
import io.troupe.lsm.replicated.LogEntry.Batch;
import io.troupe.lsm.replicated.LogEntry.Members;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An entry as the value of its index.
 *
 * <pre>
 *   0           8         9
 *   | epoch u64 | kind u8 | content |
 * </pre>
 *
 * <p>The content of a batch is what was proposed, of a membership as in {@link StateFormat}, of a
 * barrier nothing.
 */
final class EntryFormat {

  /** What an entry takes besides its content, in the log and about that in a message. */
  static final int OVERHEAD_BYTES = 32;

  private static final int BATCH = 1;
  private static final int BARRIER = 2;
  private static final int MEMBERS = 3;
  private static final byte[] EMPTY = new byte[0];
  private static final Batch NO_CONTENT = new Batch(EMPTY);
  private static final ValueLayout.OfLong EPOCH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private EntryFormat() {}

  static byte[] encode(LogEntry entry) {
    int kind;
    byte[] content;
    switch (entry.content()) {
      case Batch(byte[] bytes) -> {
        kind = BATCH;
        content = bytes;
      }
      case Barrier() -> {
        kind = BARRIER;
        content = EMPTY;
      }
      case Members(var membership) -> {
        kind = MEMBERS;
        content = StateFormat.membership(membership);
      }
    }
    return ByteBuffer.allocate(Long.BYTES + 1 + content.length)
        .putLong(entry.epoch())
        .put((byte) kind)
        .put(content)
        .array();
  }

  static LogEntry decode(long index, byte[] value) {
    var scan = new Scan("entry " + index, value);
    long epoch = scan.number();
    int kind = scan.u8();
    LogEntry.Content content =
        switch (kind) {
          case BATCH -> new Batch(scan.bytes(scan.left()));
          case BARRIER -> {
            scan.end();
            yield new Barrier();
          }
          case MEMBERS -> new Members(StateFormat.membership(scan));
          default -> throw scan.malformed("entry of kind " + kind);
        };
    return new LogEntry(epoch, index, content);
  }

  /** An entry without its content, unless that is a membership: enough for an outline. */
  static LogEntry outlined(long index, MemorySegment value) {
    boolean batch = value.byteSize() > Long.BYTES && value.get(JAVA_BYTE, Long.BYTES) == BATCH;
    return batch
        ? new LogEntry(value.get(EPOCH, 0), index, NO_CONTENT)
        : decode(index, value.toArray(JAVA_BYTE));
  }

  /** About how many bytes an entry takes, in memory and in a message. */
  static long bytes(LogEntry entry) {
    return OVERHEAD_BYTES
        + switch (entry.content()) {
          case Batch(byte[] bytes) -> (long) bytes.length;
          case Barrier() -> 0L;
          case Members(var membership) -> (long) StateFormat.membership(membership).length;
        };
  }
}
