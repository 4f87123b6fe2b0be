package io.troupe.actors.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.troupe.actors.id.FileId;
import io.troupe.actors.id.VolumeId;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FrameTest {
  private static final FileId FILE = new FileId(new VolumeId(new UUID(3, 4)), 5);
  private static final int KIND = 1;
  private static final int ERRNO = 4;
  private static final int OBJECT = 48;
  private static final int OFFSET = 56;
  private static final int LENGTH = 60;
  private static final int TRUNCATE_EPOCH = 64;
  private static final int VIEW_VERSION = 68;
  private static final int PAYLOAD = 72;

  @Provide
  Arbitrary<Frame> frames() {
    Arbitrary<int[]> ranges =
        Arbitraries.integers()
            .between(1, Frame.MAX_PAYLOAD)
            .flatMap(
                length ->
                    Arbitraries.integers()
                        .between(0, Frame.MAX_PAYLOAD - length)
                        .map(offset -> new int[] {offset, length}));
    Arbitrary<FileId> files =
        Combinators.combine(Arbitraries.longs(), Arbitraries.longs(), Arbitraries.longs())
            .as((a, b, inode) -> new FileId(new VolumeId(new UUID(a, b)), inode));
    Arbitrary<Frame> requests =
        Combinators.combine(
                Arbitraries.of(Frame.Kind.READ, Frame.Kind.WRITE, Frame.Kind.REPLY),
                files,
                ranges,
                Arbitraries.longs(),
                Arbitraries.longs().greaterOrEqual(0),
                Arbitraries.integers().greaterOrEqual(0),
                Arbitraries.integers())
            .as(
                (kind, file, range, ids, object, version, crc) ->
                    new Frame(
                        kind,
                        0,
                        ids,
                        ~ids,
                        file,
                        object,
                        range[0],
                        range[1],
                        version,
                        version / 2,
                        kind == Frame.Kind.READ ? 0 : range[1],
                        crc));
    Arbitrary<Frame> failures =
        Combinators.combine(
                ranges,
                Arbitraries.integers().between(1, 133),
                Arbitraries.integers().between(0, Frame.MAX_TEXT))
            .as(
                (range, errno, text) ->
                    new Frame(
                        Frame.Kind.REPLY, errno, 1, 2, FILE, 0, range[0], range[1], 0, 0, text, 9));
    Arbitrary<Frame> controls =
        Arbitraries.of(
            Frame.control(Frame.Kind.HELLO, 7, 10_000, 0, Frame.text("aeron:ipc")),
            Frame.control(Frame.Kind.WELCOME, 7, 6 << 20, 64, MemorySegment.NULL),
            Frame.control(Frame.Kind.PING, 7, 0, 0, MemorySegment.NULL),
            Frame.control(Frame.Kind.PONG, 7, 0, 0, MemorySegment.NULL),
            Frame.control(Frame.Kind.BYE, 7, 0, 0, MemorySegment.NULL));
    return Arbitraries.oneOf(requests, failures, controls);
  }

  private static UnsafeBuffer encoded(Frame f, int at) {
    UnsafeBuffer whole = new UnsafeBuffer(new byte[at + Frame.BYTES]);
    f.encode(new UnsafeBuffer(whole, at, Frame.BYTES));
    return whole;
  }

  @Property
  void whatIsDecodedIsWhatWasEncoded(
      @ForAll("frames") Frame frame, @ForAll @IntRange(max = 100) int at) {
    assertThat(Frame.decode(encoded(frame, at), at, Frame.BYTES)).isEqualTo(frame);
  }

  @Property
  void noBytesAreMoreThanRefused(@ForAll byte[] noise, @ForAll @IntRange(max = 95) int place) {
    UnsafeBuffer frame = encoded(write(), 0);
    frame.putBytes(place, noise, 0, Math.min(noise.length, Frame.BYTES - place));

    try {
      Frame f = Frame.decode(frame, 0, Frame.BYTES);
      assertThat(f.payloadLength()).isBetween(0, Frame.MAX_PAYLOAD);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageNotContaining("null");
    }
  }

  private static Frame write() {
    return new Frame(Frame.Kind.WRITE, 0, 1, 2, FILE, 3, 100, 50, 4, 5, 50, 6);
  }

  @ParameterizedTest
  @CsvSource({
    ERRNO + ",5",
    LENGTH + ",0",
    LENGTH + ",-1",
    LENGTH + ",1048577",
    OFFSET + ",-1",
    OFFSET + ",1048527",
    OFFSET + ",2147483647",
    TRUNCATE_EPOCH + ",-1",
    VIEW_VERSION + ",-1",
    PAYLOAD + ",49",
    PAYLOAD + ",51",
    PAYLOAD + ",-1",
    PAYLOAD + ",2147483647"
  })
  void refusesARequestOutOfRange(int field, int value) {
    UnsafeBuffer frame = encoded(write(), 0);
    frame.putInt(field, value, ByteOrder.LITTLE_ENDIAN);

    assertThatIllegalArgumentException().isThrownBy(() -> Frame.decode(frame, 0, Frame.BYTES));
  }

  @Test
  void refusesANegativeObject() {
    UnsafeBuffer frame = encoded(write(), 0);
    frame.putLong(OBJECT, -1, ByteOrder.LITTLE_ENDIAN);

    assertThatIllegalArgumentException().isThrownBy(() -> Frame.decode(frame, 0, Frame.BYTES));
  }

  @ParameterizedTest
  @CsvSource({"0,0", "0,2", KIND + ",8", KIND + ",-1"})
  void refusesOtherVersionsAndKinds(int field, byte value) {
    UnsafeBuffer frame = encoded(write(), 0);
    frame.putByte(field, value);

    assertThatIllegalArgumentException().isThrownBy(() -> Frame.decode(frame, 0, Frame.BYTES));
  }

  @Test
  void refusesLessThanAHeader() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Frame.decode(encoded(write(), 0), 0, Frame.BYTES - 1));
  }

  @ParameterizedTest
  @CsvSource({
    "HELLO,9999,0,9",
    "HELLO,10000,0,0",
    "HELLO,10000,0,257",
    "WELCOME,1048575,64,0",
    "WELCOME,-1,64,0",
    "WELCOME,2147483647,64,0",
    "WELCOME,1048576,0,0",
    "WELCOME,1048576,65537,0",
    "WELCOME,1048576,64,1",
    "PING,0,0,1",
    "PONG,0,0,1048576",
    "BYE,0,0,1"
  })
  void refusesControlsOutOfRange(Frame.Kind kind, int length, int offset, int payload) {
    Frame f = new Frame(kind, 0, 0, 1, FILE, 0, offset, length, 0, 0, payload, 0);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Frame.decode(encoded(f, 0), 0, Frame.BYTES));
  }

  @ParameterizedTest
  @CsvSource({"0,51", "5,4097", "-1,0", "4096,0"})
  void refusesRepliesOutOfRange(int errno, int payload) {
    Frame f = new Frame(Frame.Kind.REPLY, errno, 1, 2, FILE, 3, 100, 50, 4, 5, payload, 6);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Frame.decode(encoded(f, 0), 0, Frame.BYTES));
  }

  @Test
  void longTextsAreCut() {
    assertThat(Frame.text("x".repeat(10_000)).byteSize()).isEqualTo(Frame.MAX_TEXT);
  }
}
