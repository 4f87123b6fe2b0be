package io.troupe.lsm.wal;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a segment of the log, and goes on behind frames that do not verify. */
public final class WalScan {

  private static final int STEP_BYTES = 8;

  /**
   * A frame that verified.
   *
   * @param behindGap whether what is in front of it does not verify
   */
  public record Frame(
      int offset, long first, int count, long durable, long start, int epoch, boolean behindGap) {
    /** The number of its last batch. */
    public long last() {
      return first + count - 1;
    }
  }

  private final ByteBuffer bytes;
  private final List<Frame> frames;
  private final int end;
  private final boolean torn;

  private WalScan(ByteBuffer bytes, List<Frame> frames, int end, boolean torn) {
    this.bytes = bytes;
    this.frames = frames;
    this.end = end;
    this.torn = torn;
  }

  /**
   * Reads a segment.
   *
   * @throws CorruptionException when its header does not verify: then no frame does
   */
  public static WalScan read(Disk disk, long segment) throws IOException {
    String name = WalFormat.fileName(segment);
    ByteBuffer bytes = bytes(disk, name);
    WalFormat.SegmentHeader header = WalFormat.decodeHeader(name, bytes);
    if (header.number() != segment) {
      throw new CorruptionException(
          name, 16, "the segment says that it is number " + header.number());
    }
    return scan(bytes, header.salt());
  }

  /**
   * Reads a segment of a store that is known to be of this format. Number and salt must verify,
   * which tell its frames from those of an earlier life of the file.
   *
   * @return none when they do not: then of no frame it is known whether it belongs to the segment
   */
  public static Optional<WalScan> salvage(Disk disk, long segment) throws IOException {
    ByteBuffer bytes = bytes(disk, WalFormat.fileName(segment));
    Optional<WalFormat.SegmentHeader> header = WalFormat.salvageHeader(bytes);
    return header.isPresent() && header.get().number() == segment
        ? Optional.of(scan(bytes, header.get().salt()))
        : Optional.empty();
  }

  private static ByteBuffer bytes(Disk disk, String name) throws IOException {
    try (DiskFile file = disk.open(name)) {
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
      file.read(0, bytes);
      return bytes.flip();
    }
  }

  private static WalScan scan(ByteBuffer bytes, long salt) {
    List<Frame> frames = new ArrayList<>();
    int end = -1;
    int at = WalFormat.SEGMENT_HEADER_BYTES;
    while (at + WalFormat.FRAME_HEADER_BYTES <= bytes.limit()) {
      WalFormat.FrameHeader frame = WalFormat.frameAt(bytes, at, salt);
      if (frame == null) {
        end = end < 0 ? at : end;
        at += STEP_BYTES;
      } else {
        frames.add(
            new Frame(
                at,
                frame.firstSequence(),
                frame.count(),
                frame.durable(),
                frame.start(),
                frame.epoch(),
                end >= 0));
        at += WalFormat.padded(frame.length());
      }
    }
    end = end < 0 ? at : end;
    boolean torn =
        end + WalFormat.FRAME_HEADER_BYTES <= bytes.limit() && bytes.getLong(end + 8) == salt;
    return new WalScan(bytes, List.copyOf(frames), end, torn);
  }

  /** All frames that verify. */
  public List<Frame> frames() {
    return frames;
  }

  /** The offset behind the last frame that is reached without a gap. */
  public int end() {
    return end;
  }

  /** Whether a frame was begun there that does not verify. */
  public boolean torn() {
    return torn;
  }

  /** Hands the batches of a frame to a visitor. */
  public void visit(Frame frame, WalFormat.Visitor visitor) throws IOException {
    // It verified, under any salt: its own.
    WalFormat.FrameHeader header =
        WalFormat.frameAt(bytes, frame.offset(), bytes.getLong(frame.offset() + 8));
    if (header == null) {
      throw new IllegalArgumentException("a frame of another segment");
    }
    WalFormat.visit(bytes, frame.offset(), header, 0, visitor);
  }
}
