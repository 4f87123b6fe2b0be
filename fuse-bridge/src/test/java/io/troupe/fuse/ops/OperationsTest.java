package io.troupe.fuse.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.Name;
import io.troupe.actors.volume.XattrMode;
import io.troupe.fuse.Intercepted;
import io.troupe.fuse.memory.MemoryFileSystem;
import io.troupe.fuse.protocol.AttrOut;
import io.troupe.fuse.protocol.Dirent;
import io.troupe.fuse.protocol.EntryOut;
import io.troupe.fuse.protocol.InitFlags;
import io.troupe.fuse.protocol.InitOut;
import io.troupe.fuse.protocol.InvalInodeOut;
import io.troupe.fuse.protocol.Opcode;
import io.troupe.fuse.protocol.OpenOut;
import io.troupe.fuse.protocol.SetAttrIn;
import io.troupe.fuse.protocol.Validity;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests as the kernel words them, without a kernel. */
@Timeout(30)
class OperationsTest {
  private static final Validity SECOND = new Validity(1, 0);
  private static final Caching CACHING = new Caching(SECOND, SECOND, Validity.NONE, true, true);
  private static final Instant NOW = Instant.parse("2020-02-03T04:05:06.000000007Z");

  private final MemoryFileSystem memory = MemoryFileSystem.inline();
  private final Intercepted calls = new Intercepted(memory, (m, a) -> Optional.empty());
  private final Operations operations =
      new Operations(calls.fs(), CACHING, InstantSource.fixed(NOW));
  private ScriptedKernel kernel = new ScriptedKernel(operations);

  @AfterEach
  void end() {
    kernel.close();
  }

  private void serve(Operations other) {
    kernel.close();
    kernel = new ScriptedKernel(other);
  }

  private ScriptedKernel.Reply init(int major, int minor, long flags) {
    return kernel.ask(
        Opcode.INIT, 0, major, minor, 131072, (int) flags, (int) (flags >>> 32), new byte[44]);
  }

  private Attributes file(String name, int mode) {
    return memory
        .makeNode(1, Name.of(name), 0100000 | mode, 0, new Caller(5, 6))
        .toCompletableFuture()
        .join()
        .orThrow();
  }

  @Test
  void eachFsyncReachesTheFileSystemAndSoDoesTheEndOfTheMount() {
    long handle =
        memory
            .create(1, Name.of("f"), 0644, new Caller(5, 6), true, false)
            .toCompletableFuture()
            .join()
            .orThrow()
            .handle();

    assertThat(kernel.ask(Opcode.FSYNC, 2, handle, 0, 0).error()).isZero();
    assertThat(calls.calls("fsync")).isEqualTo(1);
    assertThat(kernel.ask(Opcode.FLUSH, 2, handle, 0L, 0L).error()).isZero();
    assertThat(calls.calls("fsync")).isEqualTo(1);
    assertThat(kernel.ask(Opcode.FSYNCDIR, 1, 0L, 0, 0).error()).isZero();
    assertThat(calls.calls("fsyncDirectory")).isEqualTo(1);
    assertThat(operations.abandonOpenFiles()).isCompleted();
    assertThat(calls.calls("fsyncDirectory")).isEqualTo(2);
  }

  @Test
  void agreesOnNoMoreThanTheKernelOffers() {
    ScriptedKernel.Reply r = init(7, 45, InitFlags.INIT_EXT | InitFlags.PARALLEL_DIROPS | 1L << 33);

    InitOut out = InitOut.read(r.body(), 0);
    assertThat(r.error()).isZero();
    assertThat(out.major()).isEqualTo(7);
    assertThat(out.flags()).isEqualTo(InitFlags.INIT_EXT | InitFlags.PARALLEL_DIROPS);
    assertThat(out.maxWriteBytes()).isEqualTo(1 << 20);
    assertThat(out.maxPages()).isEqualTo(256);
    assertThat(operations.isReady()).isTrue();
  }

  @Test
  void namesItsVersionToAKernelOfTheFuture() {
    assertThat(InitOut.read(init(8, 1, 0).body(), 0).major()).isEqualTo(7);
    assertThat(operations.isReady()).isFalse();

    init(7, 99, 0);
    assertThat(operations.isReady()).isTrue();
  }

  @Test
  void refusesAKernelThatIsTooOld() {
    assertThat(init(7, 30, 0).error()).isNegative();
    assertThat(operations.isReady()).isFalse();
  }

  @Test
  void saysWhatItDoesNotKnow() {
    assertThat(kernel.ask(46, 1, new byte[24]).error()).isEqualTo(-38);
    assertThat(kernel.ask(63, 1).error()).isEqualTo(-38);
    assertThat(kernel.ask(4096, 1).error()).isEqualTo(-38);
    assertThat(kernel.ask(0, 1).error()).isEqualTo(-38);
  }

  @Test
  void answersToTheRequestThatAsked() {
    ScriptedKernel.Reply first = kernel.ask(Opcode.GETATTR, 1, new byte[16]);
    ScriptedKernel.Reply second = kernel.ask(Opcode.GETATTR, 77, new byte[16]);

    assertThat(first.error()).isZero();
    assertThat(AttrOut.attributes(first.body(), 0).inode()).isEqualTo(1);
    assertThat(second.unique()).isEqualTo(first.unique() + 1);
    assertThat(second.error()).isEqualTo(-Errno.ESTALE.code());
  }

  @Test
  void getsNoReplyToForgetAndInterrupt() {
    kernel.send(Opcode.FORGET, 1, 1L);
    kernel.send(Opcode.BATCH_FORGET, 0, 2, 0, 5L, 1L, 6L, 1L);
    kernel.send(Opcode.INTERRUPT, 0, 100L);
    kernel.send(Opcode.LOOKUP, 1, "none");

    assertThat(kernel.reply().error()).isEqualTo(-Errno.ENOENT.code());
  }

  @Test
  void letsTheKernelRememberAbsenceWhereThatIsWanted() {
    serve(
        new Operations(
            memory, new Caching(SECOND, SECOND, new Validity(3, 0), true, true), () -> NOW));
    file("there", 0644);

    ScriptedKernel.Reply absent = kernel.ask(Opcode.LOOKUP, 1, "none");
    ScriptedKernel.Reply present = kernel.ask(Opcode.LOOKUP, 1, "there");

    assertThat(absent.error()).isZero();
    assertThat(EntryOut.nodeId(absent.body(), 0)).isZero();
    assertThat(EntryOut.nodeId(present.body(), 0)).isNotZero();
    assertThat(kernel.ask(Opcode.LOOKUP, 99, "none").error()).isEqualTo(-Errno.ESTALE.code());
  }

  @Test
  void refusesNamesThatAreTooLong() {
    assertThat(kernel.ask(Opcode.LOOKUP, 1, "n".repeat(256)).error())
        .isEqualTo(-Errno.ENAMETOOLONG.code());
    assertThat(kernel.ask(Opcode.LOOKUP, 1, "n".repeat(255)).error())
        .isEqualTo(-Errno.ENOENT.code());
  }

  @Test
  void takesTheCallerFromTheHeader() {
    ScriptedKernel.Reply r = kernel.ask(Opcode.MKDIR, 1, 0755, 022, "d");

    Attributes a = EntryOut.attributes(r.body(), 0);
    assertThat(a.uid()).isEqualTo(1000);
    assertThat(a.gid()).isEqualTo(2000);
    assertThat(a.mode()).isEqualTo(0040755);
  }

  private ScriptedKernel.Reply setAttr(long inode, int valid, long size) {
    return kernel.ask(
        Opcode.SETATTR, inode, valid, 0, 0L, size, 0L, 11L, 12L, 13L, 1, 2, 3, 0100700, 0, 8, 9, 0);
  }

  @Test
  void setsTimesGivenAndNow() {
    long inode = file("f", 0644).inode();

    Attributes given =
        AttrOut.attributes(setAttr(inode, SetAttrIn.ATIME | SetAttrIn.MTIME, 0).body(), 0);
    assertThat(given.atime()).isEqualTo(new FileTime(11, 1));
    assertThat(given.mtime()).isEqualTo(new FileTime(12, 2));

    Attributes now =
        AttrOut.attributes(setAttr(inode, SetAttrIn.MTIME | SetAttrIn.MTIME_NOW, 0).body(), 0);
    assertThat(now.atime()).isEqualTo(new FileTime(11, 1));
    assertThat(now.mtime()).isEqualTo(FileTime.of(NOW));
  }

  @Test
  void truncatesAndChangesInOneRequest() {
    long inode = file("f", 0644).inode();

    Attributes a =
        AttrOut.attributes(
            setAttr(inode, SetAttrIn.SIZE | SetAttrIn.MODE | SetAttrIn.UID | SetAttrIn.GID, 99)
                .body(),
            0);

    assertThat(a.sizeBytes()).isEqualTo(99);
    assertThat(a.mode()).isEqualTo(0100700);
    assertThat(a.uid()).isEqualTo(8);
    assertThat(a.gid()).isEqualTo(9);
  }

  @Test
  void takesPrivilegesAwayWithATruncateAndAsksTwiceOnlyThen() {
    long plain = file("plain", 0755).inode();
    long privileged = file("privileged", 06755).inode();

    setAttr(plain, SetAttrIn.SIZE | SetAttrIn.KILL_SUIDGID, 0);
    assertThat(calls.calls("setAttributes")).isZero();

    ScriptedKernel.Reply r = setAttr(privileged, SetAttrIn.SIZE | SetAttrIn.KILL_SUIDGID, 0);
    assertThat(AttrOut.attributes(r.body(), 0).mode()).isEqualTo(0100755);
  }

  @Test
  void takesPrivilegesAwayWhenOpeningCuts() {
    long privileged = file("privileged", 04755).inode();

    kernel.send(Opcode.OPEN, privileged, 01 | 01000, 1);
    assertThat(kernel.reply().error()).isEqualTo(InvalInodeOut.CODE);
    assertThat(kernel.reply().error()).isZero();

    ScriptedKernel.Reply r = kernel.ask(Opcode.GETATTR, privileged, new byte[16]);
    assertThat(AttrOut.attributes(r.body(), 0).mode()).isEqualTo(0100755);
  }

  @Test
  void givesAHandleBackThatNobodyWaitsFor() {
    long inode = file("f", 0644).inode();
    kernel.ask(Opcode.GETATTR, inode, new byte[16]);
    kernel.answerSendsWith(-Errno.ENOENT.code());

    kernel.ask(Opcode.OPEN, inode, 0, 0);
    kernel.ask(Opcode.GETATTR, inode, new byte[16]);

    assertThat(memory.openHandles()).isZero();
  }

  @Test
  void announcesNewAttributesAheadOfAnOpenThatFindsThem() {
    long inode = file("f", 0644).inode();
    kernel.ask(Opcode.GETATTR, inode, new byte[16]);
    assertThat(kernel.ask(Opcode.OPEN, inode, 0, 0).unique()).isNotZero();

    memory.truncate(inode, 5).toCompletableFuture().join();

    ScriptedKernel.Reply announcement = kernel.ask(Opcode.OPEN, inode, 0, 0);
    assertThat(announcement.unique()).isZero();
    assertThat(announcement.error()).isEqualTo(InvalInodeOut.CODE);
    assertThat(kernel.reply().unique()).isNotZero();
  }

  @Test
  void keepsPagesOnlyOfWhatIsUnchangedSinceAHandleWasReleased() {
    long inode = file("f", 0644).inode();
    kernel.ask(Opcode.GETATTR, inode, new byte[16]);

    ScriptedKernel.Reply first = kernel.ask(Opcode.OPEN, inode, 0, 0);
    ScriptedKernel.Reply second = kernel.ask(Opcode.OPEN, inode, 0, 0);
    kernel.ask(Opcode.RELEASE, inode, OpenOut.handle(first.body(), 0), new byte[16]);
    ScriptedKernel.Reply third = kernel.ask(Opcode.OPEN, inode, 0, 0);
    kernel.send(Opcode.FORGET, inode, 1L);
    ScriptedKernel.Reply fourth = kernel.ask(Opcode.OPEN, inode, 0, 0);

    assertThat(OpenOut.flags(first.body(), 0)).isEqualTo(OpenOut.NO_FLUSH);
    assertThat(OpenOut.flags(second.body(), 0)).isEqualTo(OpenOut.NO_FLUSH);
    assertThat(OpenOut.flags(third.body(), 0)).isEqualTo(OpenOut.NO_FLUSH | OpenOut.KEEP_CACHE);
    assertThat(OpenOut.flags(fourth.body(), 0)).isEqualTo(OpenOut.NO_FLUSH);
  }

  private record Listed(String name, long inode, long offset, long lookedUp) {}

  private List<Listed> list(int opcode, long offset, int room) {
    ScriptedKernel.Reply r = kernel.ask(opcode, 1, 0L, offset, room, 0, 0L, 0, 0);
    assertThat(r.error()).isZero();
    List<Listed> all = new ArrayList<>();
    MemorySegment m = r.body();
    assertThat(m.byteSize()).isLessThanOrEqualTo(room);
    long at = 0;
    while (at < m.byteSize()) {
      long node = -1;
      if (opcode == Opcode.READDIRPLUS) {
        node = EntryOut.nodeId(m, at);
        at += EntryOut.BYTES;
      }
      byte[] name = Dirent.name(m, at);
      all.add(
          new Listed(
              new String(name, StandardCharsets.UTF_8),
              Dirent.inode(m, at),
              Dirent.offset(m, at),
              node));
      at += Dirent.bytes(name.length);
    }
    return all;
  }

  @Test
  void listsInPiecesOfAnySize() {
    for (int i = 0; i < 50; i++) {
      file("name-" + i, 0644);
    }
    for (int opcode : new int[] {Opcode.READDIR, Opcode.READDIRPLUS}) {
      for (int room : new int[] {200, 333, 4096, 1 << 20}) {
        List<String> names = new ArrayList<>();
        long offset = 0;
        List<Listed> piece = list(opcode, offset, room);
        while (!piece.isEmpty()) {
          piece.forEach(e -> names.add(e.name()));
          offset = piece.getLast().offset();
          piece = list(opcode, offset, room);
        }
        assertThat(names).hasSize(52).doesNotHaveDuplicates().startsWith(".", "..", "name-0");
      }
    }
  }

  @Test
  void theKernelCountsNoLookupOfDotAndDotDot() {
    long inode = file("f", 0644).inode();

    List<Listed> all = list(Opcode.READDIRPLUS, 0, 4096);

    assertThat(all)
        .containsExactly(
            new Listed(".", 1, 1, 0), new Listed("..", 1, 2, 0), new Listed("f", inode, 16, inode));
    assertThat(list(Opcode.READDIRPLUS, 1, 4096)).isEqualTo(all.subList(1, 3));
    assertThat(list(Opcode.READDIRPLUS, 2, 4096)).isEqualTo(all.subList(2, 3));
    assertThat(list(Opcode.READDIRPLUS, 16, 4096)).isEmpty();
  }

  @Test
  void refusesAccessControlLists() {
    assertThat(kernel.ask(Opcode.GETXATTR, 1, 0, 0, "system.posix_acl_access").error())
        .isEqualTo(-Errno.EOPNOTSUPP.code());
    assertThat(calls.calls("getXattr")).isZero();
  }

  @Test
  void setsXattrsInBothLayouts() {
    assertThat(kernel.ask(Opcode.SETXATTR, 1, 2, 0, "user.k", new byte[] {1, 2}).error()).isZero();
    init(7, 45, InitFlags.SETXATTR_EXT);
    assertThat(kernel.ask(Opcode.SETXATTR, 1, 1, 2, 0, 0, "user.k", new byte[] {3}).error())
        .isZero();

    assertThat(kernel.ask(Opcode.GETXATTR, 1, 1, 0, "user.k").body().byteSize()).isEqualTo(1);
    assertThat(kernel.ask(Opcode.GETXATTR, 1, 0, 0, "user.k").body().byteSize()).isEqualTo(8);
    assertThat(kernel.ask(Opcode.SETXATTR, 1, 1000, 0, 0, 0, "user.k", new byte[1]).error())
        .isEqualTo(-Errno.EINVAL.code());
    assertThat(kernel.ask(Opcode.SETXATTR, 1, 1, 4, 0, 0, "user.k", new byte[1]).error())
        .isEqualTo(-Errno.EINVAL.code());
  }

  @Test
  void listsXattrsOrTheirSize() {
    for (String k : new String[] {"user.a", "user.bc"}) {
      memory.setXattr(1, Name.of(k), new byte[1], XattrMode.SET).toCompletableFuture().join();
    }

    assertThat(kernel.ask(Opcode.LISTXATTR, 1, 0, 0).body().get(ValueLayout.JAVA_INT_UNALIGNED, 0))
        .isEqualTo(15);
    assertThat(kernel.ask(Opcode.LISTXATTR, 1, 14, 0).error()).isEqualTo(-Errno.ERANGE.code());
    assertThat(kernel.ask(Opcode.LISTXATTR, 1, 15, 0).body().byteSize()).isEqualTo(15);
  }

  @Test
  void answersFromTheThreadThatCompletes() {
    CompletableFuture<Result<Attributes>> later = new CompletableFuture<>();
    serve(
        new Operations(
            new Intercepted(
                    memory,
                    (m, a) -> m.equals("getAttributes") ? Optional.of(later) : Optional.empty())
                .fs(),
            CACHING,
            () -> NOW));
    kernel.send(Opcode.GETATTR, 1, new byte[16]);
    assertThat(kernel.ask(Opcode.LOOKUP, 1, "none").error()).isEqualTo(-Errno.ENOENT.code());

    later.complete(Result.failed(Errno.EDQUOT));

    assertThat(kernel.reply().error()).isEqualTo(-Errno.EDQUOT.code());
  }

  @Test
  void turnsWhatNobodyExpectedIntoEio() {
    serve(
        new Operations(
            new Intercepted(
                    memory,
                    (m, a) ->
                        switch (m) {
                          case "getAttributes" -> throw new StackOverflowError("planted");
                          case "lookup" ->
                              Optional.of(
                                  CompletableFuture.failedFuture(
                                      new IllegalStateException("planted")));
                          case "read" ->
                              Optional.of(CompletableFuture.completedFuture(Result.ok(1 << 30)));
                          default -> Optional.empty();
                        })
                .fs(),
            CACHING,
            () -> NOW));

    assertThat(kernel.ask(Opcode.GETATTR, 1, new byte[16]).error()).isEqualTo(-Errno.EIO.code());
    assertThat(kernel.ask(Opcode.LOOKUP, 1, "x").error()).isEqualTo(-Errno.EIO.code());
    assertThat(kernel.ask(Opcode.READ, 1, 0L, 0L, 4096, 0, 0L, 0, 0).error())
        .isEqualTo(-Errno.EIO.code());
    assertThat(kernel.ask(Opcode.WRITE, 1, 0L, 0L, 4096, 0, 0L, 0, 0, new byte[9]).error())
        .isEqualTo(-Errno.EINVAL.code());
  }
}
