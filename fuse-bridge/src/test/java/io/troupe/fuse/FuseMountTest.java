package io.troupe.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.actors.errors.Result;
import io.troupe.fuse.memory.MemoryFileSystem;
import io.troupe.fuse.memory.ServeMemory;
import io.troupe.fuse.mount.MountException;
import io.troupe.fuse.mount.MountInfo;
import io.troupe.fuse.mount.MountPoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a mount begins, ends and fails. */
@Timeout(60)
class FuseMountTest {
  @TempDir Path parent;

  private final MemoryFileSystem fs = MemoryFileSystem.inline();
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private Path directory = Path.of("");

  @BeforeEach
  void makeDirectory() throws IOException {
    FuseDevice.assumeThere();
    directory = Files.createDirectory(parent.resolve("mount point"));
  }

  @AfterEach
  void leaveNothingMounted() throws IOException {
    executor.shutdownNow();
    if (MountInfo.read().at(directory.toAbsolutePath()).isPresent()) {
      Shell.outcome(parent, "umount -l 'mount point'");
    }
  }

  private static FuseSettings settings(String overrides) {
    return ServeMemory.settings("v", overrides);
  }

  @Test
  void showsInTheTableOfMounts() throws IOException {
    try (FuseMount mount = FuseMount.mount(fs, directory, settings(""))) {
      assertThat(MountInfo.read().at(mount.directory()))
          .hasValueSatisfying(
              e -> {
                assertThat(e.source()).isEqualTo("troupe:v");
                assertThat(e.type()).isEqualTo(MountPoint.TYPE);
              });
    }
    assertThat(MountInfo.read().at(directory)).isEmpty();
  }

  @Test
  void namesWhatIsWrongWithTheDirectory() throws IOException {
    Path missing = parent.resolve("missing");
    Path file = Files.createFile(parent.resolve("file"));

    assertThatThrownBy(() -> FuseMount.mount(fs, missing, settings("")))
        .isInstanceOf(MountException.class)
        .hasMessageContaining(missing.toString())
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> FuseMount.mount(fs, file, settings("")))
        .isInstanceOf(MountException.class)
        .hasMessageContaining("not a directory");
  }

  @Test
  void refusesToMountTwice() throws IOException {
    try (FuseMount mount = FuseMount.mount(fs, directory, settings(""))) {
      assertThatThrownBy(() -> FuseMount.mount(fs, directory, settings("")))
          .isInstanceOf(MountException.class)
          .hasMessageContaining("mounted there already");
      Files.createFile(mount.directory().resolve("a"));
    }
  }

  @Test
  void hidesWhatIsInTheDirectory() throws IOException {
    Files.createFile(directory.resolve("below"));

    try (FuseMount mount = FuseMount.mount(fs, directory, settings(""))) {
      assertThat(mount.directory().resolve("below")).doesNotExist();
    }
    assertThat(directory.resolve("below")).exists();
  }

  @Test
  void closesTwice() throws IOException {
    FuseMount mount = FuseMount.mount(fs, directory, settings(""));

    mount.close();
    mount.close();

    assertThat(mount.onUnmounted()).isCompleted();
  }

  @Test
  void endsWhenItIsUnmountedFromOutside() throws Exception {
    FuseMount mount = FuseMount.mount(fs, directory, settings(""));
    Files.writeString(directory.resolve("a"), "x");

    Shell.run(parent, "umount 'mount point'");

    mount.onUnmounted().get(10, TimeUnit.SECONDS);
    assertThat(fs.openHandles()).isZero();
    mount.close();
  }

  @Test
  void closesThoughAFileIsOpen() throws Exception {
    Intercepted calls = new Intercepted(fs, (m, a) -> Optional.empty());
    FuseMount mount = FuseMount.mount(calls.fs(), directory, settings("unmount-timeout = 300ms"));
    FileChannel open =
        FileChannel.open(
            directory.resolve("a"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    open.write(ByteBuffer.wrap(new byte[] {1}));

    mount.close();

    assertThat(mount.onUnmounted()).isCompleted();
    assertThat(calls.calls("flush")).isEqualTo(1);
    assertThat(fs.openHandles()).isZero();
    assertThatThrownBy(() -> open.write(ByteBuffer.wrap(new byte[] {2})))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(open::close).isInstanceOf(IOException.class);
    assertThat(MountInfo.read().at(directory)).isEmpty();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void mountsOverTheRemainsOfAKilledProcess() throws Exception {
    Process served =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ServeMemory.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(served.getInputStream(), StandardCharsets.UTF_8))) {
      String line = output.readLine();
      while (line != null && !line.equals("mounted")) {
        line = output.readLine();
      }
      assertThat(line).isEqualTo("mounted");
      Files.createFile(directory.resolve("theirs"));
    } finally {
      served.destroyForcibly();
    }
    assertThat(served.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThatThrownBy(() -> Files.createFile(directory.resolve("x")))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("endpoint is not connected");

    try (FuseMount mount = FuseMount.mount(fs, directory, settings(""))) {
      Files.createFile(mount.directory().resolve("ours"));
      assertThat(directory.resolve("theirs")).doesNotExist();
    }
    assertThat(MountInfo.read().at(directory)).isEmpty();
  }

  @Test
  void answersWithEioWhatTheFileSystemThrows() throws IOException {
    Intercepted broken =
        new Intercepted(
            fs,
            (m, a) ->
                switch (m) {
                  case "makeDirectory" -> throw new IllegalStateException("planted: thrown");
                  case "makeSymlink" ->
                      Optional.of(
                          CompletableFuture.failedFuture(
                              new IllegalStateException("planted: failed stage")));
                  default -> Optional.empty();
                });
    try (FuseMount mount = FuseMount.mount(broken.fs(), directory, settings(""))) {
      Path d = mount.directory();
      assertThatThrownBy(() -> Files.createDirectory(d.resolve("x")))
          .hasMessageContaining("Input/output error");
      assertThatThrownBy(() -> Files.createSymbolicLink(d.resolve("x"), d))
          .hasMessageContaining("Input/output error");
      Files.writeString(d.resolve("a"), "still served");
    }
  }

  @Test
  void aSlowRequestHoldsUpNoOther() throws Exception {
    CompletableFuture<Result<Integer>> later = new CompletableFuture<>();
    CompletableFuture<Void> asked = new CompletableFuture<>();
    Intercepted slow =
        new Intercepted(
            fs,
            (m, a) -> {
              if (m.equals("write")) {
                asked.complete(null);
                return Optional.of(later);
              }
              return Optional.empty();
            });
    try (FuseMount mount = FuseMount.mount(slow.fs(), directory, settings("threads = 1"))) {
      Path d = mount.directory();
      Future<Path> write = executor.submit(() -> Files.write(d.resolve("a"), new byte[9]));
      asked.get(10, TimeUnit.SECONDS);

      for (int i = 0; i < 100; i++) {
        Files.createFile(d.resolve("f" + i));
      }

      assertThat(write.isDone()).isFalse();
      later.complete(Result.ok(9));
      write.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void closeWaitsForARequestUnderWay() throws Exception {
    CompletableFuture<Result<Integer>> later = new CompletableFuture<>();
    CompletableFuture<Void> asked = new CompletableFuture<>();
    Intercepted slow =
        new Intercepted(
            fs,
            (m, a) -> {
              if (m.equals("write")) {
                asked.complete(null);
                return Optional.of(later);
              }
              return Optional.empty();
            });
    FuseMount mount = FuseMount.mount(slow.fs(), directory, settings(""));
    Future<Path> write = executor.submit(() -> Files.write(directory.resolve("a"), new byte[9]));
    asked.get(10, TimeUnit.SECONDS);
    Future<Boolean> close =
        executor.submit(
            () -> {
              mount.close();
              return true;
            });

    later.complete(Result.ok(9));

    write.get(10, TimeUnit.SECONDS);
    assertThat(close.get(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void moreRequestsThanMemoryForThemWait() throws Exception {
    try (FuseMount mount =
        FuseMount.mount(
            MemoryFileSystem.on(executor), directory, settings("threads = 2\nrequests = 3"))) {
      Path d = mount.directory();
      Future<?>[] writers = new Future<?>[16];
      for (int i = 0; i < writers.length; i++) {
        Path p = d.resolve("f" + i);
        writers[i] =
            executor.submit(
                () -> {
                  for (int k = 0; k < 50; k++) {
                    Files.write(p, new byte[100_000]);
                  }
                  return p;
                });
      }
      for (Future<?> w : writers) {
        w.get(40, TimeUnit.SECONDS);
      }
      assertThat(Files.size(d.resolve("f7"))).isEqualTo(100_000);
    }
  }
}
