package io.troupe.mrc.namespace;

import static io.troupe.mrc.namespace.SmallVolume.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.FileType;
import io.troupe.actors.fs.Name;
import io.troupe.actors.volume.AttributeChange;
import io.troupe.actors.volume.RenameMode;
import io.troupe.actors.volume.XattrMode;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What no kernel sends, but a client of the protocol can: refused, and nothing has changed. */
class BadInputTest {
  private static final long NOWHERE = 4711;
  private static final Name LONG = Name.of("x".repeat(256));
  private static final Name DOT = Name.of(".");
  private static final Name DOTS = Name.of("..");
  private static final Name EMPTY = Name.of("");
  private static final List<Name> UNPRINTABLE =
      List.of(
          Name.of("a/b"),
          Name.of("/"),
          Name.of(".a/b"),
          Name.of("a\0"),
          Name.of(".\0"),
          Name.of("../b"));
  private static final Name FILE = Name.of("file");
  private static final Name DIRECTORY = Name.of("directory");
  private static final Name NEW = Name.of("new");

  private final SmallVolume volume = new SmallVolume();
  private final long file = volume.file("file");
  private final long directory = volume.directory("directory");

  /** Everything that makes an entry, by the directory and name of what it makes. */
  private Map<String, Function<NamespaceChange, Result<?>>> makers(long parent, Name name) {
    return Map.of(
        "create", n -> n.createFile(parent, name, 0644, Caller.ROOT, true),
        "mknod", n -> n.makeNode(parent, name, FileType.FIFO.bits(), 0, Caller.ROOT),
        "mkdir", n -> n.makeDirectory(parent, name, 0755, Caller.ROOT),
        "symlink", n -> n.makeSymlink(parent, name, new byte[] {'t'}, Caller.ROOT),
        "link", n -> n.link(file, parent, name));
  }

  private Map<String, Function<NamespaceChange, Result<?>>> removers(long parent, Name name) {
    return Map.of(
        "unlink", n -> n.unlink(parent, name),
        "rmdir", n -> n.removeDirectory(parent, name),
        "rename", n -> n.rename(parent, name, ROOT, NEW, RenameMode.REPLACE));
  }

  private void allRefused(Errno errno, Map<String, Function<NamespaceChange, Result<?>>> ops) {
    ops.forEach((name, op) -> volume.refused(errno, op));
  }

  private void renameTo(Errno errno, long parent, Name name) {
    for (RenameMode mode : RenameMode.values()) {
      volume.refused(errno, n -> n.rename(ROOT, FILE, parent, name, mode));
    }
  }

  @Test
  void namesThatAreTooLong() {
    allRefused(Errno.ENAMETOOLONG, makers(ROOT, LONG));
    allRefused(Errno.ENAMETOOLONG, removers(ROOT, LONG));
    volume.refused(Errno.ENAMETOOLONG, n -> n.createFile(ROOT, LONG, 0644, Caller.ROOT, false));
    renameTo(Errno.ENAMETOOLONG, ROOT, LONG);
    assertThat(volume.namespace().lookup(ROOT, LONG)).isEqualTo(Result.failed(Errno.ENAMETOOLONG));
  }

  @Test
  void namesThatNoEntryCanHave() {
    for (Name name : UNPRINTABLE) {
      allRefused(Errno.EINVAL, makers(ROOT, name));
      allRefused(Errno.ENOENT, removers(ROOT, name));
      volume.refused(Errno.EINVAL, n -> n.createFile(ROOT, name, 0644, Caller.ROOT, false));
      renameTo(Errno.EINVAL, ROOT, name);
      assertThat(volume.namespace().lookup(ROOT, name)).isEqualTo(Result.failed(Errno.ENOENT));
    }
  }

  @Test
  void noNameAtAll() {
    allRefused(Errno.ENOENT, makers(ROOT, EMPTY));
    allRefused(Errno.ENOENT, removers(ROOT, EMPTY));
    volume.refused(Errno.ENOENT, n -> n.createFile(ROOT, EMPTY, 0644, Caller.ROOT, false));
    renameTo(Errno.ENOENT, ROOT, EMPTY);
    assertThat(volume.namespace().lookup(ROOT, EMPTY)).isEqualTo(Result.failed(Errno.ENOENT));
  }

  @Test
  void dotAndDotDot() {
    for (Name name : List.of(DOT, DOTS)) {
      allRefused(Errno.EEXIST, makers(directory, name));
      volume.refused(Errno.EISDIR, n -> n.createFile(directory, name, 0644, Caller.ROOT, false));
      volume.refused(Errno.EISDIR, n -> n.unlink(directory, name));
      volume.refused(Errno.EINVAL, n -> n.rename(directory, name, ROOT, NEW, RenameMode.REPLACE));
      renameTo(Errno.EINVAL, directory, name);
    }
    volume.refused(Errno.EINVAL, n -> n.removeDirectory(directory, DOT));
    volume.refused(Errno.ENOTEMPTY, n -> n.removeDirectory(directory, DOTS));
  }

  @Test
  void parentsThatAreNotThere() {
    for (long parent : new long[] {NOWHERE, 0, -1, Long.MIN_VALUE, 1L << 48}) {
      for (Name name : List.of(FILE, DOT, DOTS)) {
        allRefused(Errno.ENOENT, makers(parent, name));
        allRefused(Errno.ENOENT, removers(parent, name));
        assertThat(volume.namespace().lookup(parent, name)).isEqualTo(Result.failed(Errno.ENOENT));
      }
      renameTo(Errno.ENOENT, parent, NEW);
      assertThat(volume.namespace().readDirectory(parent, 0, 10))
          .isEqualTo(Result.failed(Errno.ENOENT));
    }
  }

  @Test
  void parentsThatAreNoDirectories() {
    allRefused(Errno.ENOTDIR, makers(file, NEW));
    allRefused(Errno.ENOTDIR, removers(file, NEW));
    renameTo(Errno.ENOTDIR, file, NEW);
    assertThat(volume.namespace().lookup(file, NEW)).isEqualTo(Result.failed(Errno.ENOTDIR));
    assertThat(volume.namespace().readDirectory(file, 0, 10))
        .isEqualTo(Result.failed(Errno.ENOTDIR));
  }

  @Test
  void inodesThatAreNotThere() {
    Name name = Name.of("user.a");
    FileTime t = volume.now();
    volume.refused(Errno.ENOENT, n -> n.link(NOWHERE, ROOT, NEW));
    volume.refused(Errno.ENOENT, n -> n.setAttributes(NOWHERE, AttributeChange.NONE.withMode(0)));
    volume.refused(Errno.ENOENT, n -> n.reportSize(NOWHERE, 0, 1, t, true));
    volume.refused(Errno.ENOENT, n -> n.beginTruncate(NOWHERE, 0));
    volume.refused(Errno.ENOENT, n -> n.endTruncate(NOWHERE, 1));
    volume.refused(Errno.ENOENT, n -> n.setXattr(NOWHERE, name, new byte[1], XattrMode.SET));
    volume.refused(Errno.ENOENT, n -> n.removeXattr(NOWHERE, name));
  }

  @Test
  void sizesOutOfRangeAndOfWhatHasNone() {
    FileTime t = volume.now();
    long link = volume.done(n -> n.makeSymlink(ROOT, NEW, new byte[3], Caller.ROOT)).inode();
    Map<Long, Errno> bad =
        Map.of(
            -1L,
            Errno.EINVAL,
            Long.MIN_VALUE,
            Errno.EINVAL,
            Sizes.MAX_FILE_BYTES + 1,
            Errno.EFBIG,
            Long.MAX_VALUE,
            Errno.EFBIG);
    bad.forEach(
        (size, errno) -> {
          volume.refused(errno, n -> n.beginTruncate(file, size));
          volume.refused(errno, n -> n.reportSize(file, 0, size, t, true));
        });
    for (long size : new long[] {-1, 0, 5, Long.MAX_VALUE}) {
      volume.refused(Errno.EISDIR, n -> n.beginTruncate(directory, size));
      volume.refused(Errno.EISDIR, n -> n.reportSize(directory, 0, size, t, true));
      volume.refused(Errno.EINVAL, n -> n.beginTruncate(link, size));
      volume.refused(Errno.EINVAL, n -> n.reportSize(link, 0, size, t, true));
    }
  }

  @Test
  void nodesWithoutATypeThatCanBeMade() {
    for (int mode : new int[] {0644, FileType.MASK, FileType.DIRECTORY.bits() | 0755, 0120777}) {
      volume.refused(Errno.EINVAL, n -> n.makeNode(ROOT, NEW, mode, 0, Caller.ROOT));
    }
  }

  @Test
  void bitsThatNoModeHasAreNotKept() {
    long fifo =
        volume
            .done(n -> n.makeNode(ROOT, NEW, 0x7fff_0000 | FileType.FIFO.bits(), 0, Caller.ROOT))
            .inode();

    assertThat(volume.namespace().attributes(fifo).orThrow().mode())
        .isEqualTo(FileType.FIFO.bits());
  }

  @Test
  void targetsOfSymlinks() {
    volume.refused(Errno.ENOENT, n -> n.makeSymlink(ROOT, NEW, new byte[0], Caller.ROOT));
    volume.refused(Errno.ENAMETOOLONG, n -> n.makeSymlink(ROOT, NEW, new byte[4096], Caller.ROOT));
    volume.done(n -> n.makeSymlink(ROOT, NEW, new byte[4095], Caller.ROOT));
  }

  @Test
  void directoriesWhereFilesAreMeantAndTheOtherWayRound() {
    volume.refused(Errno.EISDIR, n -> n.unlink(ROOT, DIRECTORY));
    volume.refused(Errno.ENOTDIR, n -> n.removeDirectory(ROOT, FILE));
    volume.refused(Errno.EPERM, n -> n.link(directory, ROOT, NEW));
    volume.refused(Errno.EISDIR, n -> n.createFile(ROOT, DIRECTORY, 0644, Caller.ROOT, false));
    volume.refused(Errno.EEXIST, n -> n.createFile(ROOT, FILE, 0644, Caller.ROOT, true));
  }

  @Test
  void pagesOfAnySizeFromAnywhere() {
    for (int max : new int[] {Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE}) {
      assertThat(volume.namespace().readDirectory(ROOT, -1, max).orThrow().entries()).isNotEmpty();
      assertThat(volume.namespace().readDirectory(ROOT, Long.MAX_VALUE, max).orThrow().entries())
          .isEmpty();
    }
  }
}
