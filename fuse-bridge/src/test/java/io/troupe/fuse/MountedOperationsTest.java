package io.troupe.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.fuse.memory.MemoryFileSystem;
import io.troupe.fuse.memory.ServeMemory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What programs do on a mount, with a file system that completes on the calling thread and with one
 * that completes on others.
 */
@ParameterizedClass
@ValueSource(booleans = {false, true})
@Timeout(60)
class MountedOperationsTest {
  @TempDir static Path directory;

  private static MemoryFileSystem fs = MemoryFileSystem.inline();
  private static List<FuseMount> mounts = new ArrayList<>();
  private static ExecutorService completions = Executors.newFixedThreadPool(3);

  private Path d = directory;
  private final ExecutorService executor = Executors.newFixedThreadPool(4);

  MountedOperationsTest(boolean completesOnOtherThreads) {
    assertThat(mounts).as("mounted, hop " + completesOnOtherThreads).hasSize(1);
  }

  @BeforeParameterizedClassInvocation
  static void mount(boolean completesOnOtherThreads) throws IOException {
    FuseDevice.assumeThere();
    fs = completesOnOtherThreads ? MemoryFileSystem.on(completions) : MemoryFileSystem.inline();
    mounts.add(FuseMount.mount(fs, directory, ServeMemory.settings("test", "")));
  }

  @AfterParameterizedClassInvocation
  static void unmount() throws IOException {
    for (FuseMount m : mounts) {
      m.close();
      assertThat(m.onUnmounted()).isCompleted();
      assertThat(fs.openHandles()).isZero();
    }
    mounts.clear();
  }

  @AfterAll
  static void stopCompletions() {
    completions.shutdownNow();
  }

  @BeforeEach
  void makeDirectory() throws IOException {
    d = Files.createTempDirectory(directory, "t");
  }

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  @Test
  void writesAndReadsBack() throws IOException {
    Files.writeString(d.resolve("a"), "hello");

    assertThat(Files.readString(d.resolve("a"))).isEqualTo("hello");
    assertThat(Files.size(d.resolve("a"))).isEqualTo(5);
    assertThat(Shell.run(d, "cat a")).isEqualTo("hello");
  }

  @Test
  void readsBackALargeFileThatTheKernelNoLongerHas() throws IOException {
    byte[] block = new byte[3 << 20];
    new Random(7).nextBytes(block);
    try (FileChannel c =
        FileChannel.open(
            d.resolve("big"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < 20; i++) {
        assertThat(c.write(ByteBuffer.wrap(block))).isEqualTo(block.length);
      }
      c.force(true);
    }
    Shell.run(d, "dd if=big iflag=nocache count=0 status=none");

    assertThat(Files.size(d.resolve("big"))).isEqualTo(20L * block.length);
    try (FileChannel c = FileChannel.open(d.resolve("big"))) {
      ByteBuffer b = ByteBuffer.allocate(block.length);
      for (int i = 0; i < 20; i++) {
        b.clear();
        while (b.hasRemaining()) {
          assertThat(c.read(b)).isPositive();
        }
        assertThat(b.array()).isEqualTo(block);
      }
      b.clear();
      assertThat(c.read(b)).isEqualTo(-1);
    }
  }

  @Test
  void bypassesThePageCacheWithDirectIo() {
    Shell.run(d, "dd if=/dev/zero of=z bs=1M count=4 oflag=direct status=none");

    assertThat(Shell.run(d, "dd if=z bs=64k iflag=direct status=none | wc -c"))
        .isEqualTo(Integer.toString(4 << 20));
  }

  @Test
  void holesReadAsZeros() throws IOException {
    try (RandomAccessFile f = new RandomAccessFile(d.resolve("hole").toFile(), "rw")) {
      f.seek(1 << 20);
      f.write(1);
    }

    assertThat(Files.size(d.resolve("hole"))).isEqualTo((1 << 20) + 1);
    byte[] all = Files.readAllBytes(d.resolve("hole"));
    assertThat(all[12345]).isZero();
    assertThat(all[1 << 20]).isEqualTo((byte) 1);
  }

  @Test
  void appendsAtTheEnd() {
    Shell.run(d, "echo one > log && echo two >> log && echo three >> log");

    assertThat(Shell.run(d, "cat log")).isEqualTo("one\ntwo\nthree");
  }

  @Test
  void truncatesUpAndDown() {
    Shell.run(d, "printf 0123456789 > t && truncate -s 4 t");
    assertThat(Shell.run(d, "cat t")).isEqualTo("0123");

    Shell.run(d, "truncate -s 8 t");
    assertThat(Shell.run(d, "od -An -c t | tr -d ' '")).isEqualTo("0123\\0\\0\\0\\0");

    Shell.run(d, ": > t");
    assertThat(Shell.run(d, "stat -c %s t")).isEqualTo("0");
  }

  @Test
  void hardLinksShareAnInode() throws IOException {
    Files.writeString(d.resolve("a"), "x");
    Files.createLink(d.resolve("b"), d.resolve("a"));

    assertThat(Shell.run(d, "stat -c '%h %i' a")).isEqualTo(Shell.run(d, "stat -c '%h %i' b"));
    assertThat(Files.getAttribute(d.resolve("a"), "unix:nlink")).isEqualTo(2);

    Files.delete(d.resolve("a"));
    assertThat(Files.readString(d.resolve("b"))).isEqualTo("x");
    assertThat(Files.getAttribute(d.resolve("b"), "unix:nlink")).isEqualTo(1);
    assertThat(Shell.outcome(d, "ln . e").exitCode()).isNotZero();
  }

  @Test
  void anUnlinkedFileLivesAsLongAsItIsOpen() throws IOException {
    int before = fs.inodes();
    try (FileChannel c =
        FileChannel.open(
            d.resolve("u"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      c.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
      Files.delete(d.resolve("u"));

      assertThat(Shell.run(d, "ls -A")).isEmpty();
      assertThat(c.size()).isEqualTo(3);
      c.write(ByteBuffer.wrap(new byte[] {4}));
      ByteBuffer b = ByteBuffer.allocate(8);
      assertThat(c.read(b, 0)).isEqualTo(4);
      assertThat(fs.inodes()).isEqualTo(before + 1);
    }
    Shell.run(d, "sync .");
    // RELEASE follows close in its own time; what comes behind it in the same queue waits for it.
    while (fs.inodes() > before) {
      Thread.onSpinWait();
    }
  }

  @Test
  void symbolicLinksLeadToTheirTargets() throws IOException {
    Files.writeString(d.resolve("a"), "x");
    Files.createSymbolicLink(d.resolve("s"), Path.of("a"));

    assertThat(Files.readSymbolicLink(d.resolve("s"))).isEqualTo(Path.of("a"));
    assertThat(Files.readString(d.resolve("s"))).isEqualTo("x");
    assertThat(Shell.run(d, "stat -c '%F %s' s")).isEqualTo("symbolic link 1");
  }

  @Test
  void listsManyEntriesOnceEach() throws IOException {
    Path many = Files.createDirectory(d.resolve("many"));
    for (int i = 0; i < 3000; i++) {
      Files.createFile(many.resolve("file-with-a-rather-long-name-" + i));
    }

    try (Stream<Path> list = Files.list(many)) {
      assertThat(list.distinct().count()).isEqualTo(3000);
    }
    assertThat(Shell.run(d, "ls many | sort -u | wc -l")).isEqualTo("3000");
    assertThat(Shell.run(d, "ls -la many | wc -l")).isEqualTo("3003");
    assertThat(Shell.run(d, "find many -type f | wc -l")).isEqualTo("3000");
  }

  @Test
  void removesWhileItLists() throws IOException {
    Path many = Files.createDirectory(d.resolve("rm"));
    for (int i = 0; i < 1000; i++) {
      Files.createFile(many.resolve("f" + i));
    }

    Shell.run(d, "rm -r rm");

    assertThat(many).doesNotExist();
  }

  @Test
  void dotDotIsTheParent() throws IOException {
    Files.createDirectories(d.resolve("x/y"));

    assertThat(Shell.run(d, "ls -ai x/y | awk '$2==\"..\" {print $1}'"))
        .isEqualTo(Shell.run(d, "stat -c %i x"));
  }

  @Test
  void directoriesCountTheirChildren() throws IOException {
    Files.createDirectories(d.resolve("x/y"));

    assertThat(Shell.run(d, "stat -c %h x")).isEqualTo("3");
    assertThatThrownBy(() -> Files.delete(d.resolve("x")))
        .isInstanceOf(DirectoryNotEmptyException.class);
    Files.delete(d.resolve("x/y"));
    assertThat(Shell.run(d, "stat -c %h x")).isEqualTo("2");
    Files.delete(d.resolve("x"));
  }

  @Test
  void renamesOverAFileAndKeepsTheOneThatIsOpen() throws IOException {
    Files.writeString(d.resolve("a"), "new");
    Files.writeString(d.resolve("b"), "old");
    try (FileChannel open = FileChannel.open(d.resolve("b"))) {
      Files.move(d.resolve("a"), d.resolve("b"), StandardCopyOption.ATOMIC_MOVE);

      assertThat(Files.readString(d.resolve("b"))).isEqualTo("new");
      ByteBuffer bytes = ByteBuffer.allocate(8);
      assertThat(open.read(bytes)).isEqualTo(3);
      assertThat(new String(bytes.array(), 0, 3, StandardCharsets.UTF_8)).isEqualTo("old");
    }
    assertThat(d.resolve("a")).doesNotExist();
  }

  @Test
  void renameFlagsProtectAndExchange() throws IOException {
    Files.writeString(d.resolve("a"), "A");
    Files.writeString(d.resolve("b"), "B");

    assertThat(RenameAt2.call(d.resolve("a"), d.resolve("b"), RenameAt2.NO_REPLACE)).isEqualTo(-17);
    assertThat(RenameAt2.call(d.resolve("a"), d.resolve("c"), RenameAt2.NO_REPLACE)).isZero();
    assertThat(RenameAt2.call(d.resolve("b"), d.resolve("c"), RenameAt2.EXCHANGE)).isZero();
    assertThat(Files.readString(d.resolve("b"))).isEqualTo("A");
    assertThat(Files.readString(d.resolve("c"))).isEqualTo("B");
    assertThat(RenameAt2.call(d.resolve("b"), d.resolve("none"), RenameAt2.EXCHANGE)).isEqualTo(-2);
    assertThat(RenameAt2.call(d.resolve("b"), d.resolve("c"), RenameAt2.WHITEOUT)).isEqualTo(-22);
  }

  @Test
  void exclusiveCreationFailsOnWhatIsThere() throws IOException {
    Files.createFile(d.resolve("a"));

    assertThatThrownBy(() -> Files.createFile(d.resolve("a")))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> Files.readString(d.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void keepsModesOwnersAndTimes() throws IOException {
    Path a = Files.createFile(d.resolve("a"));
    Files.setPosixFilePermissions(a, PosixFilePermissions.fromString("rwxr-x--x"));
    Instant time = Instant.ofEpochSecond(1_000_000_000L, 123_456_789);
    Files.setLastModifiedTime(a, FileTime.from(time));

    assertThat(Shell.run(d, "stat -c '%a %Y' a")).isEqualTo("751 1000000000");
    assertThat(Files.getLastModifiedTime(a).toInstant()).isEqualTo(time);
    Shell.run(d, "touch -d 1960-01-02T03:04:05Z a");
    assertThat(Files.getLastModifiedTime(a).toInstant())
        .isEqualTo(Instant.parse("1960-01-02T03:04:05Z"));
    Shell.run(d, "touch a");
    assertThat(Files.getLastModifiedTime(a).toInstant()).isAfter(Instant.now().minusSeconds(10));
    if ("root".equals(System.getProperty("user.name"))) {
      Shell.run(d, "chown 1234:5678 a");
      assertThat(Shell.run(d, "stat -c '%u %g' a")).isEqualTo("1234 5678");
    }
  }

  @Test
  void keepsFifosAndNames() throws IOException {
    Shell.run(d, "mkfifo p");
    assertThat(Shell.run(d, "stat -c %F p")).isEqualTo("fifo");

    String name = "n".repeat(255);
    Files.createFile(d.resolve(name));
    assertThat(Shell.run(d, "ls " + name)).isEqualTo(name);
    assertThat(Shell.outcome(d, "touch n" + name).output()).contains("File name too long");
    Shell.run(d, "touch \"$(printf 'b\\377y')\"");
    assertThat(Shell.run(d, "ls | grep -a ^b | od -An -tx1")).isEqualTo("62 ff 79 0a");
  }

  @Test
  void keepsExtendedAttributes() throws IOException {
    Path a = Files.createFile(d.resolve("a"));
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(a, UserDefinedFileAttributeView.class);
    byte[] value = new byte[5000];
    new Random(1).nextBytes(value);
    view.write("k", ByteBuffer.wrap(value));
    view.write("empty", ByteBuffer.allocate(0));

    assertThat(view.list()).containsExactlyInAnyOrder("k", "empty");
    assertThat(view.size("k")).isEqualTo(5000);
    ByteBuffer read = ByteBuffer.allocate(5000);
    view.read("k", read);
    assertThat(read.array()).isEqualTo(value);
    assertThatThrownBy(() -> view.read("k", ByteBuffer.allocate(10)))
        .isInstanceOf(IOException.class);
    view.delete("k");
    assertThat(view.list()).containsExactly("empty");
    assertThatThrownBy(() -> view.size("k")).isInstanceOf(IOException.class);
  }

  @Test
  void describesEveryInode() throws IOException {
    Path a = Files.createFile(d.resolve("a"));
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(a, UserDefinedFileAttributeView.class);
    ByteBuffer info = ByteBuffer.allocate(view.size("troupe.info"));
    view.read("troupe.info", info);

    assertThat(new String(info.array(), StandardCharsets.UTF_8))
        .contains("inode=" + Files.getAttribute(a, "unix:ino"));
    assertThat(view.list()).isEmpty();
    assertThatThrownBy(() -> view.write("troupe.info", ByteBuffer.allocate(1)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void createsInParallel() throws Exception {
    List<Future<?>> all = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int thread = t;
      all.add(
          executor.submit(
              () -> {
                for (int i = 0; i < 300; i++) {
                  Path p = d.resolve("f" + thread + "-" + i);
                  Files.writeString(p, p.toString());
                  if (i % 3 == 0) {
                    Files.delete(p);
                  }
                }
                return 0;
              }));
    }
    for (Future<?> f : all) {
      f.get(30, TimeUnit.SECONDS);
    }

    try (Stream<Path> list = Files.list(d)) {
      List<Path> paths = list.toList();
      assertThat(paths).hasSize(800);
      for (Path p : paths) {
        assertThat(Files.readString(p)).isEqualTo(p.toString());
      }
    }
  }

  @Test
  void reportsSpace() throws IOException {
    assertThat(Files.getFileStore(d).getTotalSpace()).isEqualTo(1L << 36);
    assertThat(Shell.run(d, "stat -f -c '%l' .")).isEqualTo("255");
  }
}
