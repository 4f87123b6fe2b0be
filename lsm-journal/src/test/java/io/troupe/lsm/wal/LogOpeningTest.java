package io.troupe.lsm.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.disk.SimDisk;
import io.troupe.lsm.entry.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Logs that are larger than what is read of them at a time, and segments that are used again. */
class LogOpeningTest {

  private static final int SEGMENT_BYTES = 8 << 20;
  private static final int VALUE_BYTES = 300_000;

  private final SimDisk disk = new SimDisk(1, 1L << 30);

  private static void append(Wal wal, long sequence, boolean force) throws IOException {
    byte[] operation = new byte[Operations.OVERHEAD_BYTES + 1 + VALUE_BYTES];
    byte[] value = new byte[VALUE_BYTES];
    value[0] = (byte) sequence;
    Operations.write(operation, 0, 0, Kind.PUT, new byte[] {7}, value);
    ByteBuffer frame = ByteBuffer.allocateDirect(operation.length + 100);
    wal.ensure(operation.length + WalFormat.FRAME_BYTES + WalFormat.BATCH_BYTES);
    WalFormat.begin(frame, wal.salt(), sequence, wal.durable(), wal.start(), 1, 0);
    WalFormat.batch(frame, 1);
    frame.put(operation);
    WalFormat.end(frame);
    wal.append(frame, sequence);
    if (force) {
      wal.force();
    }
  }

  private List<Integer> read() throws IOException {
    List<Integer> values = new ArrayList<>();
    WalReplay.replay(
        disk,
        1,
        0,
        segment ->
            (sequence, epoch, operations) -> {
              operations.next();
              values.add((int) operations.array()[operations.valueAt()]);
            });
    return values;
  }

  @Test
  void readsFramesThatLieAcrossWhatIsReadAtATime() throws IOException {
    List<Integer> expected = new ArrayList<>();
    try (var pool = new SegmentPool(disk, SEGMENT_BYTES, 1);
        var wal = new Wal(pool, new WalSegments(pool, 4096, 0), 0)) {
      for (int i = 1; i <= 60; i++) {
        append(wal, i, true);
        expected.add(i);
      }
    }

    assertThat(read()).isEqualTo(expected);
  }

  @Test
  void refusesALogWithoutAnAcknowledgedFrameFarInFrontOfItsEnd() throws IOException {
    try (var pool = new SegmentPool(disk, SEGMENT_BYTES, 1);
        var wal = new Wal(pool, new WalSegments(pool, 4096, 0), 0)) {
      for (int i = 1; i <= 12; i++) {
        append(wal, i, true);
      }
    }
    // All but the last frame become zeros: only that one tells.
    int frame = WalFormat.padded(48 + 4 + Operations.OVERHEAD_BYTES + 1 + VALUE_BYTES);
    try (DiskFile file = disk.open(WalFormat.fileName(1))) {
      file.write(WalFormat.SEGMENT_HEADER_BYTES, ByteBuffer.allocateDirect(11 * frame));
    }

    assertThatThrownBy(this::read)
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("durable");
  }

  @Test
  void whoTakesASegmentBeforeOneIsReadyGetsASmallOne() throws IOException {
    try (var pool = new SegmentPool(disk, SEGMENT_BYTES, 1)) {
      pool.syncs(true);
      SegmentPool.Segment first = pool.take();
      pool.prepare();
      SegmentPool.Segment second = pool.take();

      assertThat(first.bytes()).isLessThan(SEGMENT_BYTES);
      assertThat(second.bytes()).isEqualTo(SEGMENT_BYTES);
      assertThat(List.of(first.number(), second.number())).containsExactly(1L, 2L);
      first.file().close();
      second.file().close();
    }
  }

  @Test
  void saysFromWhichSegmentOnNothingWasWritten() throws IOException {
    try (var pool = new SegmentPool(disk, SEGMENT_BYTES, 1);
        var wal = new Wal(pool, new WalSegments(pool, 4096, 0), 0)) {
      append(wal, 1, true);
      pool.syncs(true);
      pool.prepare();
    }

    WalReplay.Replayed log = WalReplay.replay(disk, 1, 0, segment -> (s, e, operations) -> {});

    assertThat(log).isEqualTo(new WalReplay.Replayed(1, 2));
    assertThat(WalReplay.segments(disk)).containsExactly(1L, 2L);
  }

  @Test
  void keepsSpareSegmentsFromOnePoolToTheNext() throws IOException {
    try (var pool = new SegmentPool(disk, SEGMENT_BYTES, 1)) {
      pool.syncs(true);
      pool.prepare();
      pool.take().file().close();
      pool.recycle(WalFormat.fileName(1));
    }
    WalReplay.deleteLeftovers(disk);
    long writes = disk.operations();

    try (var pool = new SegmentPool(disk, SEGMENT_BYTES, 2)) {
      pool.adopt();
      SegmentPool.Segment used = pool.take();
      used.file().close();

      assertThat(used.bytes()).isEqualTo(SEGMENT_BYTES);
      assertThat(disk.operations() - writes).isLessThan(6);
    }
  }
}
