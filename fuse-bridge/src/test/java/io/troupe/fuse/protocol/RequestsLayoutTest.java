package io.troupe.fuse.protocol;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Offsets are those of {@code offsetof} with the kernel's header. */
class RequestsLayoutTest {
  private static final long AT = 5;

  private final MemorySegment s = MemorySegment.ofArray(new byte[256]);

  private void i(long offset, int value) {
    s.set(JAVA_INT_UNALIGNED, AT + offset, value);
  }

  private void l(long offset, long value) {
    s.set(JAVA_LONG_UNALIGNED, AT + offset, value);
  }

  private void text(long offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    MemorySegment.copy(bytes, 0, s, JAVA_BYTE, AT + offset, bytes.length);
  }

  @Test
  void header() {
    i(0, 100);
    i(4, Opcode.RENAME2);
    l(8, 11);
    l(16, 12);
    i(24, 13);
    i(28, 14);

    assertThat(RequestHeader.length(s, AT)).isEqualTo(100);
    assertThat(RequestHeader.opcode(s, AT)).isEqualTo(45);
    assertThat(RequestHeader.unique(s, AT)).isEqualTo(11);
    assertThat(RequestHeader.nodeId(s, AT)).isEqualTo(12);
    assertThat(RequestHeader.uid(s, AT)).isEqualTo(13);
    assertThat(RequestHeader.gid(s, AT)).isEqualTo(14);

    MemorySegment written = MemorySegment.ofArray(new byte[40]);
    RequestHeader.write(written, 0, 100, Opcode.RENAME2, 11, 12, 13, 14);
    assertThat(written.toArray(JAVA_BYTE)).isEqualTo(s.asSlice(AT, 40).toArray(JAVA_BYTE));
  }

  @Test
  void initWithAndWithoutTheSecondWordOfFlags() {
    i(0, 7);
    i(4, 45);
    i(8, 131072);
    i(12, (int) InitFlags.INIT_EXT | 1);
    i(16, 0x80);

    assertThat(InitIn.read(s, AT, 64))
        .isEqualTo(new InitIn(7, 45, 131072, (0x80L << 32) | InitFlags.INIT_EXT | 1));
    assertThat(InitIn.read(s, AT, 16).flags()).isEqualTo(InitFlags.INIT_EXT | 1);

    i(12, 0x80000001);
    assertThat(InitIn.read(s, AT, 64).flags()).isEqualTo(0x80000001L);
  }

  @Test
  void setAttr() {
    i(0, SetAttrIn.MODE | SetAttrIn.KILL_SUIDGID);
    l(16, 1L << 40);
    l(32, -1);
    l(40, 2);
    l(48, 3);
    i(56, 4);
    i(60, 5);
    i(64, 6);
    i(68, 0100755);
    i(76, 1000);
    i(80, -1);

    assertThat(SetAttrIn.valid(s, AT)).isEqualTo(0x801);
    assertThat(SetAttrIn.size(s, AT)).isEqualTo(1L << 40);
    assertThat(SetAttrIn.atimeSeconds(s, AT)).isEqualTo(-1);
    assertThat(SetAttrIn.mtimeSeconds(s, AT)).isEqualTo(2);
    assertThat(SetAttrIn.ctimeSeconds(s, AT)).isEqualTo(3);
    assertThat(SetAttrIn.atimeNanos(s, AT)).isEqualTo(4);
    assertThat(SetAttrIn.mtimeNanos(s, AT)).isEqualTo(5);
    assertThat(SetAttrIn.ctimeNanos(s, AT)).isEqualTo(6);
    assertThat(SetAttrIn.mode(s, AT)).isEqualTo(0100755);
    assertThat(SetAttrIn.uid(s, AT)).isEqualTo(1000);
    assertThat(SetAttrIn.gid(s, AT)).isEqualTo(-1);
  }

  @Test
  void openAndCreate() {
    i(0, 01 | 0200 | 01000);
    i(4, 1);
    assertThat(OpenIn.isReadOnly(OpenIn.flags(s, AT))).isFalse();
    assertThat(OpenIn.isReadOnly(0)).isTrue();
    assertThat(OpenIn.isExclusive(OpenIn.flags(s, AT))).isTrue();
    assertThat(OpenIn.truncates(OpenIn.flags(s, AT))).isTrue();
    assertThat(OpenIn.killsPrivileges(s, AT)).isTrue();

    i(4, 0100600);
    i(12, 1);
    assertThat(CreateIn.mode(s, AT)).isEqualTo(0100600);
    assertThat(CreateIn.killsPrivileges(s, AT)).isTrue();
    i(12, 0);
    assertThat(CreateIn.killsPrivileges(s, AT)).isFalse();
    assertThat(CreateIn.BYTES).isEqualTo(16);
  }

  @Test
  void readAndWrite() {
    l(0, 21);
    l(8, 22);
    i(16, 23);
    i(20, 1 << 2);

    assertThat(ReadIn.handle(s, AT)).isEqualTo(21);
    assertThat(ReadIn.offset(s, AT)).isEqualTo(22);
    assertThat(ReadIn.size(s, AT)).isEqualTo(23);
    assertThat(ReadIn.BYTES).isEqualTo(40);
    assertThat(WriteIn.handle(s, AT)).isEqualTo(21);
    assertThat(WriteIn.offset(s, AT)).isEqualTo(22);
    assertThat(WriteIn.size(s, AT)).isEqualTo(23);
    assertThat(WriteIn.killsPrivileges(s, AT)).isTrue();
    assertThat(WriteIn.BYTES).isEqualTo(40);
    assertThat(HandleIn.handle(s, AT)).isEqualTo(21);
  }

  @Test
  void namesFollowTheFixedParts() {
    l(0, 99);
    i(8, RenameIn.EXCHANGE);
    text(16, "old\0new\0");

    assertThat(RenameIn.newDirectory(s, AT)).isEqualTo(99);
    assertThat(RenameIn.flags(s, AT)).isEqualTo(2);
    assertThat(LinkIn.inode(s, AT)).isEqualTo(99);
    long names = AT + RenameIn.BYTES_WITH_FLAGS;
    assertThat(Strings.read(s, names, 250)).asString().isEqualTo("old");
    assertThat(Strings.read(s, names + 4, 250)).asString().isEqualTo("new");
    assertThat(Strings.read(s, names, names + 2)).as("no NUL").asString().isEqualTo("ol");
    assertThat(Strings.read(s, names, names)).isEmpty();
  }

  @Test
  void nodesAndDirectories() {
    i(0, 0060600);
    i(4, 0x0801);

    assertThat(MknodIn.mode(s, AT)).isEqualTo(0060600);
    assertThat(MknodIn.rdev(s, AT)).isEqualTo(0x0801);
    assertThat(MknodIn.BYTES).isEqualTo(16);
    assertThat(MkdirIn.mode(s, AT)).isEqualTo(0060600);
    assertThat(MkdirIn.BYTES).isEqualTo(8);
  }

  @Test
  void extendedAttributes() {
    i(0, 12);
    i(4, XattrIn.REPLACE);

    assertThat(XattrIn.size(s, AT)).isEqualTo(12);
    assertThat(XattrIn.flags(s, AT)).isEqualTo(2);
    assertThat(XattrIn.SET_BYTES).isEqualTo(16);
    assertThat(XattrIn.GET_BYTES).isEqualTo(8);
  }

  @Test
  void forgottenInodes() {
    i(0, 2);
    l(8, 31);
    l(16, 1);
    l(24, 32);
    l(32, 5);

    assertThat(ForgetIn.count(s, AT)).isEqualTo(2);
    assertThat(ForgetIn.nodeId(s, AT, 0)).isEqualTo(31);
    assertThat(ForgetIn.nodeId(s, AT, 1)).isEqualTo(32);
  }
}
