package io.troupe.lsm.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.entry.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WalFormatTest {

  private static final long SALT = 0x1234_5678_9abc_def0L;

  private static String told(long sequence, int epoch, Operations operations) {
    var text = new StringBuilder("batch " + sequence + " of " + epoch);
    while (operations.next()) {
      text.append(' ').append(operations.index()).append(' ').append(operations.kind());
      text.append(part(operations.array(), operations.keyAt(), operations.keyLength()));
      text.append(part(operations.array(), operations.valueAt(), operations.valueLength()));
    }
    return text.toString();
  }

  private static String part(byte[] bytes, int at, int length) {
    return Arrays.toString(Arrays.copyOfRange(bytes, at, at + length));
  }

  private static byte[] operations(byte[] key) {
    byte[] bytes = new byte[2 * Operations.OVERHEAD_BYTES + 3 * key.length];
    int at = Operations.write(bytes, 0, 7, Kind.PUT, key, key);
    Operations.write(bytes, at, 8, Kind.DELETE, key, new byte[0]);
    return bytes;
  }

  @Property(tries = 300)
  void decodesWhatItEncoded(
      @ForAll @Size(min = 1, max = 20) List<@Size(min = 1, max = 100) byte[]> keys,
      @ForAll @IntRange(max = 2) int skipped,
      @ForAll int epoch)
      throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(1 << 16);
    List<String> expected = new ArrayList<>();
    WalFormat.begin(frame, SALT, 10, 5, 3, keys.size(), epoch);
    for (int i = 0; i < keys.size(); i++) {
      byte[] key = keys.get(i);
      WalFormat.batch(frame, 3);
      WalFormat.declare(frame, i, key);
      frame.put(operations(key));
      String text = Arrays.toString(key);
      if (i >= skipped) {
        expected.add(
            "batch %d of %d %d %d%s[] 7 1%s%s 8 0%s[]"
                .formatted(10 + i, epoch, i, WalFormat.DECLARE, text, text, text, text));
      }
    }
    WalFormat.end(frame);

    assertThat(frame.remaining() % 8).isZero();
    WalFormat.FrameHeader header = WalFormat.frameAt(frame, 0, SALT);
    assertThat(header).isNotNull();
    if (header != null) {
      assertThat(header.firstSequence()).isEqualTo(10);
      assertThat(header.durable()).isEqualTo(5);
      assertThat(header.start()).isEqualTo(3);
      assertThat(header.count()).isEqualTo(keys.size());
      assertThat(header.epoch()).isEqualTo(epoch);
      List<String> told = new ArrayList<>();
      WalFormat.visit(frame, 0, header, 9 + skipped, (s, e, o) -> told.add(told(s, e, o)));
      assertThat(told).isEqualTo(expected);
    }
  }

  @Property(tries = 300)
  void rejectsEveryFlippedBit(@ForAll @IntRange(max = 8 * 79) int bit) {
    ByteBuffer frame = ByteBuffer.allocate(200);
    byte[] operation = new byte[Operations.OVERHEAD_BYTES + 16];
    Operations.write(operation, 0, 0, Kind.PUT, new byte[8], new byte[8]);
    WalFormat.begin(frame, SALT, 1, 0, 1, 1, 0);
    WalFormat.batch(frame, 1);
    frame.put(operation);
    WalFormat.end(frame);
    assertThat(frame.getInt(0)).isEqualTo(79);
    assertThat(WalFormat.frameAt(frame, 0, SALT)).isNotNull();
    assertThat(WalFormat.frameAt(frame, 0, SALT + 1)).isNull();

    frame.put(bit / 8, (byte) (frame.get(bit / 8) ^ (1 << (bit % 8))));

    if (bit / 8 < 79) {
      assertThat(WalFormat.frameAt(frame, 0, SALT)).isNull();
    }
  }

  @Test
  void refusesOtherVersions() throws CorruptionException {
    ByteBuffer header = WalFormat.header(5, SALT);
    assertThat(WalFormat.decodeHeader("wal", header).number()).isEqualTo(5);

    header.putInt(4, 1);

    assertThatThrownBy(() -> WalFormat.decodeHeader("wal", header))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("format version 1")
        .hasMessageContaining("version 2");
  }
}
