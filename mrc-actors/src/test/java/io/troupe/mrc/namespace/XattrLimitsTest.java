package io.troupe.mrc.namespace;

import static io.troupe.mrc.namespace.SmallVolume.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Name;
import io.troupe.actors.volume.XattrMode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An inode's extended attributes have the limits of setxattr(2) and listxattr(2), and a total. */
class XattrLimitsTest {
  private static final int KIB = 1 << 10;

  private final SmallVolume volume = new SmallVolume();
  private final long file = volume.file("file");

  private static Name numbered(int i, int length) {
    String n = "user." + i + ".";
    return Name.of(n + "x".repeat(length - n.length()));
  }

  private static Result<Done> set(NamespaceChange n, long inode, Name name, int bytes) {
    return n.setXattr(inode, name, new byte[bytes], XattrMode.SET);
  }

  @Test
  void namesHave1To255Bytes() {
    for (Name name : List.of(Name.of(""), Name.of("x".repeat(256)))) {
      volume.refused(Errno.ERANGE, n -> set(n, file, name, 1));
      volume.refused(Errno.ERANGE, n -> n.removeXattr(file, name));
      assertThat(volume.namespace().xattr(file, name)).isEqualTo(Result.failed(Errno.ERANGE));
    }
    volume.done(n -> set(n, file, Name.of("x".repeat(255)), 0));
    volume.done(n -> set(n, file, Name.of("x"), 0));
  }

  @Test
  void valuesHaveUpTo64KiB() {
    Name name = Name.of("user.a");
    volume.refused(Errno.E2BIG, n -> set(n, file, name, 64 * KIB + 1));

    volume.done(n -> set(n, file, name, 64 * KIB));

    assertThat(volume.namespace().xattr(file, name).orThrow()).hasSize(64 * KIB);
    volume.refused(Errno.E2BIG, n -> set(n, file, name, 64 * KIB + 1));
  }

  @Test
  void theLongestListIsTheLongestThatTheKernelTakes() {
    for (int i = 0; i < 256; i++) {
      Name name = numbered(i, 255);
      volume.done(n -> set(n, file, name, 1));
    }

    volume.refused(Errno.ENOSPC, n -> set(n, file, Name.of("one.more"), 0));
    List<Name> names = volume.namespace().xattrs(file).orThrow();
    assertThat(names.stream().mapToInt(n -> n.length() + 1).sum()).isEqualTo(64 * KIB);

    // What is there can be set again, and one that goes makes room.
    volume.done(n -> set(n, file, numbered(7, 255), 2));
    volume.done(n -> n.removeXattr(file, numbered(7, 255)));
    volume.done(n -> set(n, file, Name.of("one.more"), 0));
    volume.refused(Errno.ENOSPC, n -> set(n, file, Name.of("two.more"), 0));
  }

  @Test
  void namesAndValuesOfAnInodeHaveUpTo256KiB() {
    for (int i = 0; i < 4; i++) {
      Name name = numbered(i, 10);
      volume.done(n -> set(n, file, name, 64 * KIB - 10));
    }

    volume.refused(Errno.ENOSPC, n -> set(n, file, Name.of("x"), 0));
    volume.refused(Errno.ENOSPC, n -> set(n, file, numbered(0, 10), 64 * KIB - 9));
    volume.done(n -> set(n, file, numbered(0, 10), 64 * KIB - 12));
    volume.refused(Errno.ENOSPC, n -> set(n, file, Name.of("x"), 2));
    volume.done(n -> set(n, file, Name.of("x"), 1));
  }

  @Test
  void eachInodeHasLimitsOfItsOwn() {
    for (int i = 0; i < 256; i++) {
      Name name = numbered(i, 20);
      volume.done(n -> set(n, file, name, 0));
    }

    volume.done(n -> set(n, ROOT, Name.of("user.a"), 64 * KIB));
    volume.done(n -> set(n, volume.file("other"), Name.of("user.a"), 64 * KIB));
  }
}
