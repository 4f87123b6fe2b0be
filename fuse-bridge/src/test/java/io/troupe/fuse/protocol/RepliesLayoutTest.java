package io.troupe.fuse.protocol;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.FileTime;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Offsets are those of {@code offsetof} with the kernel's header. */
class RepliesLayoutTest {
  private static final long AT = 3;

  private static final Attributes SAMPLE =
      new Attributes(
          0x1122334455667788L,
          0100644,
          3,
          1000,
          2000,
          0x0801,
          1025,
          9,
          new FileTime(-5, 1),
          new FileTime(6, 2),
          new FileTime(7, 999_999_999));

  private final MemorySegment s = dirty(512);

  private static MemorySegment dirty(int bytes) {
    return MemorySegment.ofArray(new byte[bytes]).fill((byte) 0xee);
  }

  private int i(long offset) {
    return s.get(JAVA_INT_UNALIGNED, AT + offset);
  }

  private long l(long offset) {
    return s.get(JAVA_LONG_UNALIGNED, AT + offset);
  }

  private void assertAttr(long at) {
    assertThat(l(at)).isEqualTo(0x1122334455667788L);
    assertThat(l(at + 8)).isEqualTo(1025);
    assertThat(l(at + 16)).as("blocks of 512 bytes").isEqualTo(3);
    assertThat(l(at + 24)).isEqualTo(-5);
    assertThat(l(at + 32)).isEqualTo(6);
    assertThat(l(at + 40)).isEqualTo(7);
    assertThat(i(at + 48)).isEqualTo(1);
    assertThat(i(at + 52)).isEqualTo(2);
    assertThat(i(at + 56)).isEqualTo(999_999_999);
    assertThat(i(at + 60)).isEqualTo(0100644);
    assertThat(i(at + 64)).isEqualTo(3);
    assertThat(i(at + 68)).isEqualTo(1000);
    assertThat(i(at + 72)).isEqualTo(2000);
    assertThat(i(at + 76)).isEqualTo(0x0801);
    assertThat(i(at + 80)).isEqualTo(4096);
    assertThat(i(at + 84)).isZero();
  }

  @Test
  void header() {
    ReplyHeader.write(s, AT, 16, -2, 0x1234567890L);

    assertThat(i(0)).isEqualTo(16);
    assertThat(i(4)).isEqualTo(-2);
    assertThat(l(8)).isEqualTo(0x1234567890L);
    assertThat(ReplyHeader.BYTES).isEqualTo(16);
  }

  @Test
  void entry() {
    EntryOut.write(
        s, AT, SAMPLE, Validity.of(Duration.ofMillis(1500)), Validity.of(Duration.ofMillis(250)));

    assertThat(l(0)).isEqualTo(0x1122334455667788L);
    assertThat(l(8)).isZero();
    assertThat(l(16)).isEqualTo(1);
    assertThat(l(24)).isZero();
    assertThat(i(32)).isEqualTo(500_000_000);
    assertThat(i(36)).isEqualTo(250_000_000);
    assertAttr(40);
    assertThat(EntryOut.BYTES).isEqualTo(128);
    assertThat(s.get(JAVA_BYTE, AT + 128)).isEqualTo((byte) 0xee);
  }

  @Test
  void absentEntryHasNodeZeroAndAValidity() {
    EntryOut.writeAbsent(s, AT, Validity.of(Duration.ofSeconds(2)));

    assertThat(l(0)).isZero();
    assertThat(l(16)).isEqualTo(2);
    assertThat(l(24)).isZero();
  }

  @Test
  void attributes() {
    AttrOut.write(s, AT, SAMPLE, Validity.of(Duration.ofMillis(1250)));

    assertThat(l(0)).isEqualTo(1);
    assertThat(i(8)).isEqualTo(250_000_000);
    assertThat(i(12)).isZero();
    assertAttr(16);
    assertThat(AttrOut.BYTES).isEqualTo(104);
  }

  @Test
  void opened() {
    OpenOut.write(s, AT, 77, OpenOut.KEEP_CACHE | OpenOut.NO_FLUSH);

    assertThat(l(0)).isEqualTo(77);
    assertThat(i(8)).isEqualTo(0x22);
    assertThat(OpenOut.BYTES).isEqualTo(16);
  }

  @Test
  void init() {
    InitOut out = new InitOut(7, 38, 1 << 20, (1L << 40) | 0x9000_0001L, 64, 48, 1 << 20, 256);

    out.write(s, AT);

    assertThat(i(0)).isEqualTo(7);
    assertThat(i(4)).isEqualTo(38);
    assertThat(i(8)).isEqualTo(1 << 20);
    assertThat(i(12)).isEqualTo(0x9000_0001);
    assertThat(s.get(JAVA_SHORT_UNALIGNED, AT + 16)).isEqualTo((short) 64);
    assertThat(s.get(JAVA_SHORT_UNALIGNED, AT + 18)).isEqualTo((short) 48);
    assertThat(i(20)).isEqualTo(1 << 20);
    assertThat(i(24)).isEqualTo(1);
    assertThat(s.get(JAVA_SHORT_UNALIGNED, AT + 28)).isEqualTo((short) 256);
    assertThat(i(32)).isEqualTo(1 << 8);
    assertThat(InitOut.read(s, AT)).isEqualTo(out);
  }

  @Test
  void statFs() {
    StatFsOut.write(s, AT, 40960, 8192, 7, 5);

    assertThat(l(0)).isEqualTo(10);
    assertThat(l(8)).isEqualTo(2);
    assertThat(l(16)).isEqualTo(2);
    assertThat(l(24)).isEqualTo(7);
    assertThat(l(32)).isEqualTo(5);
    assertThat(i(40)).isEqualTo(4096);
    assertThat(i(44)).isEqualTo(255);
    assertThat(i(48)).isEqualTo(4096);
    assertThat(l(72)).isZero();
  }

  @Test
  void notificationOfAttributes() {
    InvalInodeOut.writeAttributesOnly(s, AT, 5);

    assertThat(l(0)).isEqualTo(5);
    assertThat(l(8)).isNegative();
    assertThat(l(16)).isZero();
  }

  @Test
  void dirent() {
    Dirent.write(s, AT, 9, 17, 8, "abc".getBytes(StandardCharsets.UTF_8));

    assertThat(l(0)).isEqualTo(9);
    assertThat(l(8)).isEqualTo(17);
    assertThat(i(16)).isEqualTo(3);
    assertThat(i(20)).isEqualTo(8);
    assertThat(s.asSlice(AT + 24, 8).toArray(JAVA_BYTE))
        .containsExactly('a', 'b', 'c', 0, 0, 0, 0, 0);
    assertThat(Dirent.bytes(3)).isEqualTo(32);
    assertThat(Dirent.bytes(8)).isEqualTo(32);
    assertThat(Dirent.bytes(9)).isEqualTo(40);
    assertThat(s.get(JAVA_BYTE, AT + 32)).isEqualTo((byte) 0xee);
  }

  @Property
  void direntsOfAnyNameReadBackAndArePaddedWithZeros(
      @ForAll long inode,
      @ForAll long offset,
      @ForAll @IntRange(max = 15) int type,
      @ForAll @Size(min = 1, max = 255) byte[] name) {
    MemorySegment m = dirty(300);

    Dirent.write(m, 0, inode, offset, type, name);

    assertThat(Dirent.inode(m, 0)).isEqualTo(inode);
    assertThat(Dirent.offset(m, 0)).isEqualTo(offset);
    assertThat(Dirent.type(m, 0)).isEqualTo(type);
    assertThat(Dirent.name(m, 0)).isEqualTo(name);
    for (int k = 24 + name.length; k < Dirent.bytes(name.length); k++) {
      assertThat(m.get(JAVA_BYTE, k)).isZero();
    }
    assertThat(m.get(JAVA_BYTE, Dirent.bytes(name.length))).isEqualTo((byte) 0xee);
  }

  @Property
  void attributesReadBack(
      @ForAll long inode,
      @ForAll int mode,
      @ForAll int ids,
      @ForAll long size,
      @ForAll long seconds,
      @ForAll @IntRange(max = 999_999_999) int nanos) {
    FileTime t = new FileTime(seconds, nanos);
    Attributes a = new Attributes(inode, mode, ids, ids, ~ids, ids, size, 0, t, t, t);
    MemorySegment m = dirty(Attr.BYTES);

    Attr.write(m, 0, a);

    assertThat(Attr.read(m, 0)).isEqualTo(a);
  }
}
