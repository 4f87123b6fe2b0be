package io.troupe.lsm.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.CorruptionException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

class WalFormatTest {

  private static final long SALT = 0x1234_5678_9abc_def0L;

  /** What the visitor was told, as text. */
  private static final class Told implements WalFormat.Visitor {
    private final List<String> lines = new ArrayList<>();

    @Override
    public void batch(long sequence) {
      lines.add("batch " + sequence);
    }

    @Override
    public void put(int index, byte[] key, byte @Nullable [] value) {
      lines.add(
          index + " " + Arrays.toString(key) + (value == null ? " gone" : Arrays.toString(value)));
    }

    @Override
    public void declare(int index, byte[] name) {
      lines.add("declare " + index + Arrays.toString(name));
    }

    @Override
    public void end(int operations, long bytes) {
      lines.add("end " + operations);
    }
  }

  @Property(tries = 300)
  void decodesWhatItEncoded(
      @ForAll @Size(min = 1, max = 20) List<@Size(min = 1, max = 100) byte[]> keys,
      @ForAll @IntRange(max = 2) int skipped)
      throws CorruptionException {
    ByteBuffer frame = ByteBuffer.allocateDirect(1 << 16);
    var expected = new Told();
    WalFormat.begin(frame, SALT, 10, 5, 3, keys.size());
    for (int i = 0; i < keys.size(); i++) {
      byte[] key = keys.get(i);
      var told = i < skipped ? new Told() : expected;
      told.batch(10 + i);
      WalFormat.batch(frame, 3);
      WalFormat.declare(frame, i, key);
      told.declare(i, key);
      WalFormat.put(frame, i, key, key);
      told.put(i, key, key);
      WalFormat.delete(frame, i, key);
      told.put(i, key, null);
      told.end(3, 0);
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
      var told = new Told();
      WalFormat.visit("file", frame, 0, header, 9 + skipped, told);
      assertThat(told.lines).isEqualTo(expected.lines);
    }
  }

  @Property(tries = 300)
  void rejectsEveryFlippedBit(@ForAll @IntRange(max = 8 * 79) int bit) {
    ByteBuffer frame = ByteBuffer.allocate(200);
    WalFormat.begin(frame, SALT, 1, 0, 1, 1);
    WalFormat.batch(frame, 1);
    WalFormat.put(frame, 0, new byte[8], new byte[8]);
    WalFormat.end(frame);
    assertThat(frame.getInt(0)).isEqualTo(79);
    assertThat(WalFormat.frameAt(frame, 0, SALT)).isNotNull();
    assertThat(WalFormat.frameAt(frame, 0, SALT + 1)).isNull();

    frame.put(bit / 8, (byte) (frame.get(bit / 8) ^ (1 << (bit % 8))));

    if (bit / 8 < 79) {
      assertThat(WalFormat.frameAt(frame, 0, SALT)).isNull();
    }
  }
}
