package io.troupe.lsm.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.disk.NoSpaceException;
import io.troupe.lsm.disk.SimDisk;
import io.troupe.lsm.entry.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Which segments a log has by how often it is synced. */
class LogTrafficTest {

  private static final int SEGMENT_BYTES = 1 << 20;
  private static final int FRAME_BYTES = 10_000;

  private final SimDisk disk = new SimDisk(1, 1L << 30);
  private long last;

  private void append(Wal wal, SegmentPool pool, int count, int syncEach) throws IOException {
    for (int i = 1; i <= count; i++) {
      byte[] operation = new byte[FRAME_BYTES - 52];
      Operations.write(operation, 0, 0, Kind.PUT, new byte[1], new byte[operation.length - 12]);
      ByteBuffer frame = ByteBuffer.allocateDirect(FRAME_BYTES);
      wal.ensure(FRAME_BYTES);
      WalFormat.begin(frame, wal.salt(), ++last, wal.durable(), wal.start(), 1, 0);
      WalFormat.batch(frame, 1);
      frame.put(operation);
      WalFormat.end(frame);
      wal.append(frame, last);
      if (i % syncEach == 0) {
        wal.force();
      }
      if (wal.changed()) {
        pool.prepare();
      }
    }
  }

  private int sizeOf(Wal wal) {
    return disk.bytes(WalFormat.fileName(wal.segment())).length;
  }

  private long readable() throws IOException {
    return WalReplay.replay(disk, 1, 0, segment -> (s, e, operations) -> {}).lastSequence();
  }

  @Test
  void aSegmentIsNotWrittenTwiceWhereHardlyAnybodySyncs() throws IOException {
    try (var pool = new SegmentPool(disk, SEGMENT_BYTES, 1);
        var wal = new Wal(pool, new WalSegments(pool, SEGMENT_BYTES, 0), 0)) {
      append(wal, pool, 130, Integer.MAX_VALUE);

      assertThat(wal.segment()).isEqualTo(2);
      assertThat(sizeOf(wal)).isLessThan(300_000).isGreaterThan(200_000);
      assertThat(disk.totalBytes() - disk.freeBytes()).isGreaterThanOrEqualTo(2 * SEGMENT_BYTES);
      append(wal, pool, 2_000, Integer.MAX_VALUE);
      assertThat(wal.segment()).isGreaterThan(15);
    }
    assertThat(readable()).isEqualTo(2_130);
  }

  @Test
  void syncsThatComeOftenSoonGoToAFilledSegment() throws IOException {
    try (var pool = new SegmentPool(disk, SEGMENT_BYTES, 1);
        var wal = new Wal(pool, new WalSegments(pool, SEGMENT_BYTES, 0), 0)) {
      append(wal, pool, 130, Integer.MAX_VALUE);
      assertThat(sizeOf(wal)).isLessThan(SEGMENT_BYTES);

      append(wal, pool, 60, 1);

      assertThat(sizeOf(wal)).isEqualTo(SEGMENT_BYTES);
      long filled = wal.segment();
      append(wal, pool, 30, 1);
      assertThat(wal.segment()).isEqualTo(filled);
    }
    assertThat(readable()).isEqualTo(220);
  }

  @Test
  void aLogThatIsSyncedOftenHasFilledSegmentsOnly() throws IOException {
    try (var pool = new SegmentPool(disk, SEGMENT_BYTES, 1);
        var wal = new Wal(pool, new WalSegments(pool, SEGMENT_BYTES, 0), 0)) {
      for (int i = 0; i < 50; i++) {
        append(wal, pool, 10, 1);
        pool.prepare();
        assertThat(sizeOf(wal)).isEqualTo(SEGMENT_BYTES);
      }
    }
  }

  @Test
  void aSegmentThatWasWrittenToItsEndIsUsedAgainAsAFilledOne() throws IOException {
    try (var pool = new SegmentPool(disk, SEGMENT_BYTES, 1);
        var wal = new Wal(pool, new WalSegments(pool, SEGMENT_BYTES, 0), 0)) {
      append(wal, pool, 250, Integer.MAX_VALUE);
      assertThat(wal.segment()).isEqualTo(3);
      assertThat(disk.bytes(WalFormat.fileName(2)).length).isLessThan(SEGMENT_BYTES);

      pool.recycle(WalFormat.fileName(2));
      SegmentPool.Segment again = pool.take();

      assertThat(again.filled()).isTrue();
      assertThat(disk.bytes(WalFormat.fileName(again.number()))).hasSize(SEGMENT_BYTES);
      again.file().close();
    }
  }

  @Test
  void whereNoRoomCanBeTakenSegmentsAreFilled() throws IOException {
    disk.withoutReserving();
    try (var pool = new SegmentPool(disk, SEGMENT_BYTES, 1);
        var wal = new Wal(pool, new WalSegments(pool, SEGMENT_BYTES, 0), 0)) {
      append(wal, pool, 130, Integer.MAX_VALUE);

      assertThat(wal.segment()).isEqualTo(2);
      assertThat(sizeOf(wal)).isEqualTo(SEGMENT_BYTES);
    }
  }

  @Test
  void aFullDiskIsMetBeforeAFrameIsBegun() throws IOException {
    var small = new SimDisk(1, 5 * SEGMENT_BYTES / 2);
    try (var pool = new SegmentPool(small, SEGMENT_BYTES, 1)) {
      pool.syncs(false);
      SegmentPool.Segment first = pool.take();
      SegmentPool.Segment second = pool.take();
      assertThatThrownBy(pool::take).isInstanceOf(NoSpaceException.class);
      assertThat(small.list()).hasSize(2);

      // What was taken is there, whatever else fills the disk.
      second.file().write(SEGMENT_BYTES - 4096, ByteBuffer.allocateDirect(4096));
      first.file().close();
      second.file().close();
    }
  }
}
