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
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Logs of which every byte verifies, or is zero, and that lack something in the middle all the
 * same: they are refused, with the place from which on it is gone.
 */
class LogHoleTest {

  private static final int SEGMENT_BYTES = 16 << 10;
  private static final int FRAME_BYTES = 1_000;
  private static final int START = WalFormat.SEGMENT_HEADER_BYTES;

  /** How many frames fit into a segment. */
  private static final int FRAMES = (SEGMENT_BYTES - START) / FRAME_BYTES;

  private final SimDisk disk = new SimDisk(1, 1L << 30);
  private long flushed;

  /** Three segments and a half, synced where one ends. */
  @BeforeEach
  void write() throws IOException {
    try (var pool = new SegmentPool(disk, SEGMENT_BYTES, 1);
        var wal = new Wal(pool, new WalSegments(pool, SEGMENT_BYTES, 0), 0)) {
      for (long sequence = 1; sequence <= 7L * FRAMES / 2; sequence++) {
        byte[] operation = new byte[FRAME_BYTES - 52];
        Operations.write(operation, 0, 0, Kind.PUT, new byte[1], new byte[operation.length - 12]);
        ByteBuffer frame = ByteBuffer.allocateDirect(FRAME_BYTES);
        wal.ensure(FRAME_BYTES);
        WalFormat.begin(frame, wal.salt(), sequence, wal.durable(), wal.start(), 1, 0);
        WalFormat.batch(frame, 1);
        frame.put(operation);
        WalFormat.end(frame);
        wal.append(frame, sequence);
      }
      wal.force();
    }
    assertThat(WalReplay.segments(disk)).containsExactly(1L, 2L, 3L, 4L);
    assertThat(read()).isEqualTo(LongStream.rangeClosed(1, 7L * FRAMES / 2).boxed().toList());
  }

  @Test
  void aFrameIsCutOut() throws IOException {
    int gone = START + 3 * FRAME_BYTES;
    cutOut(2, gone);

    refused(2, gone);
  }

  @Test
  void aFrameIsThereTwice() throws IOException {
    byte[] bytes = disk.bytes(WalFormat.fileName(2));
    int second = START + 3 * FRAME_BYTES;
    put(2, second, Arrays.copyOfRange(bytes, second - FRAME_BYTES, second));

    refused(2, second);
  }

  @Test
  void theFirstFrameOfTheLogIsGone() throws IOException {
    cutOut(1, START);

    refused(1, START);
    flushed = 1;
    assertThat(read()).as("it is in a table").startsWith(2L, 3L);
  }

  @Test
  void theLastFrameOfASegmentIsGone() throws IOException {
    int gone = START + (FRAMES - 1) * FRAME_BYTES;
    put(2, gone, new byte[FRAME_BYTES]);

    refused(2, gone);
  }

  @Test
  void allFramesOfASegmentAreGone() throws IOException {
    put(2, START, new byte[FRAMES * FRAME_BYTES]);

    refused(2, START);
  }

  @Test
  void aSegmentIsGone() throws IOException {
    disk.delete(WalFormat.fileName(2));

    refused(2, 0);
  }

  @Test
  void twoSegmentsAreGone() throws IOException {
    disk.delete(WalFormat.fileName(2));
    disk.delete(WalFormat.fileName(3));

    refused(2, 0);
  }

  @Test
  void theFirstSegmentThatIsNeededIsGone() throws IOException {
    disk.delete(WalFormat.fileName(1));

    refused(1, 0);
  }

  @Test
  void aSegmentHasTheNameOfAnother() throws IOException {
    disk.delete(WalFormat.fileName(2));
    disk.rename(WalFormat.fileName(4), WalFormat.fileName(2));

    refused(2, 16);
  }

  private void refused(long segment, long offset) {
    assertThatThrownBy(this::read)
        .isInstanceOfSatisfying(
            CorruptionException.class,
            e -> {
              assertThat(e.file()).isEqualTo(WalFormat.fileName(segment));
              assertThat(e.offset()).isEqualTo(offset);
            });
  }

  /** What comes behind moves up. */
  private void cutOut(long segment, int frame) throws IOException {
    byte[] bytes = disk.bytes(WalFormat.fileName(segment));
    put(segment, frame, Arrays.copyOfRange(bytes, frame + FRAME_BYTES, bytes.length));
    put(segment, bytes.length - FRAME_BYTES, new byte[FRAME_BYTES]);
  }

  private void put(long segment, int offset, byte[] bytes) throws IOException {
    try (DiskFile file = disk.open(WalFormat.fileName(segment))) {
      file.write(offset, ByteBuffer.wrap(bytes));
    }
  }

  private List<Long> read() throws IOException {
    List<Long> sequences = new ArrayList<>();
    WalReplay.replay(
        disk, 1, flushed, segment -> (sequence, epoch, operations) -> sequences.add(sequence));
    return sequences;
  }
}
