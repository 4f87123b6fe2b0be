package io.troupe.lsm;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.wal.Operations;
import io.troupe.lsm.wal.Wal;
import io.troupe.lsm.wal.WalFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;

/**
 * Writes groups of commits: one frame, one write, one write. For the log thread. Allocates nothing
 * per commit.
 */
final class LogWriter {

  /** The buffer grows to this and stays: more than a group has, unless it is one large batch. */
  private static final int MAX_BUFFER_BYTES = 5 << 20;

  private static final int FIRST_BUFFER_BYTES = 256 << 10;

  private final Wal wal;
  private final BitSet declared;
  private final int epoch;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(FIRST_BUFFER_BYTES);

  /**
   * @param declared ids of the indices that the manifest or the log know
   * @param epoch goes into every frame
   */
  LogWriter(Wal wal, BitSet declared, int epoch) {
    this.wal = wal;
    this.epoch = epoch;
    this.declared = declared;
  }

  /** How many bytes the frame of a group takes, at most. */
  static int frameBytes(List<Commit> group) {
    long bytes = WalFormat.FRAME_BYTES;
    for (Commit commit : group) {
      bytes += WalFormat.BATCH_BYTES + commit.batch().encodedBytes();
    }
    return Math.toIntExact(bytes);
  }

  /**
   * Makes room in the log.
   *
   * @throws io.troupe.lsm.disk.NoSpaceException when there is none; nothing is written
   */
  void ensure(int frameBytes, int newIndices) throws IOException {
    wal.ensure(Math.addExact(frameBytes, newIndices * (255 + Operations.OVERHEAD_BYTES)));
  }

  /** Whether there is room for a group without a new segment. */
  boolean fits(List<Commit> group, int newIndices) {
    return wal.fits(frameBytes(group) + (long) newIndices * (255 + Operations.OVERHEAD_BYTES));
  }

  /** How many of the indices with ids below the given one are not declared yet. */
  int undeclared(int indices) {
    return indices - declared.cardinality();
  }

  /** Writes a group, numbered from a sequence number on, for which there is room. Not synced. */
  void write(
      List<Commit> group, long firstSequence, int frameBytes, int undeclared, Memtable memtable)
      throws IOException {
    int needed = frameBytes + undeclared * (255 + Operations.OVERHEAD_BYTES);
    ByteBuffer frame = buffer(needed);
    WalFormat.begin(
        frame, wal.salt(), firstSequence, wal.durable(), wal.start(), group.size(), epoch);
    for (int i = 0; i < group.size(); i++) {
      encode(frame, group.get(i).batch(), undeclared > 0, memtable);
    }
    WalFormat.end(frame);
    wal.append(frame, firstSequence + group.size() - 1);
  }

  private ByteBuffer buffer(int bytes) {
    if (bytes > MAX_BUFFER_BYTES) {
      return ByteBuffer.allocateDirect(bytes);
    }
    if (bytes > buffer.capacity()) {
      buffer = ByteBuffer.allocateDirect(Math.min(MAX_BUFFER_BYTES, 2 * bytes));
    }
    return buffer;
  }

  private void encode(ByteBuffer frame, WriteBatch batch, boolean mayDeclare, Memtable memtable) {
    int countAt = frame.position();
    WalFormat.batch(frame, batch.size());
    if (mayDeclare) {
      int declarations = 0;
      for (Index index : batch.indices()) {
        if (!declared.get(index.id())) {
          WalFormat.declare(frame, index.id(), index.name().getBytes(UTF_8));
          declared.set(index.id());
          memtable.declare(index);
          declarations++;
        }
      }
      frame.putInt(countAt, batch.size() + declarations);
    }
    frame.put(batch.encoded(), 0, batch.encodedBytes());
  }
}
