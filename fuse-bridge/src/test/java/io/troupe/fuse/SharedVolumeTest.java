package io.troupe.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.fuse.memory.MemoryFileSystem;
import io.troupe.fuse.memory.ServeMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A volume that is mounted twice, with caches that live longer than the test: who opens a file
 * after it was closed elsewhere reads what was written there.
 */
@Timeout(60)
class SharedVolumeTest {
  private static final String LONG_CACHES = "attribute-timeout = 1h\nentry-timeout = 1h\n";

  @TempDir Path here;
  @TempDir Path there;

  private final MemoryFileSystem fs = MemoryFileSystem.inline();
  private final Intercepted calls = new Intercepted(fs, (m, a) -> Optional.empty());
  private Optional<FuseMount> first = Optional.empty();
  private Optional<FuseMount> second = Optional.empty();

  @BeforeEach
  void mount() throws IOException {
    FuseDevice.assumeThere();
    first = Optional.of(FuseMount.mount(fs, here, ServeMemory.settings("v", LONG_CACHES)));
    second =
        Optional.of(FuseMount.mount(calls.fs(), there, ServeMemory.settings("v", LONG_CACHES)));
  }

  @AfterEach
  void unmount() throws IOException {
    if (first.isPresent()) {
      first.get().close();
    }
    if (second.isPresent()) {
      second.get().close();
    }
  }

  @Test
  void showsWhatWasAppendedElsewhere() throws IOException {
    Files.writeString(here.resolve("f"), "one");
    assertThat(Files.readString(there.resolve("f"))).isEqualTo("one");

    Files.writeString(here.resolve("f"), " two", StandardOpenOption.APPEND);

    assertThat(Files.readString(there.resolve("f"))).isEqualTo("one two");
  }

  @Test
  void showsWhatWasOverwrittenInPlaceElsewhere() throws IOException {
    Files.writeString(here.resolve("f"), "one");
    assertThat(Files.readString(there.resolve("f"))).isEqualTo("one");
    assertThat(Files.readString(there.resolve("f"))).isEqualTo("one");

    try (FileChannel c = FileChannel.open(here.resolve("f"), StandardOpenOption.WRITE)) {
      c.write(ByteBuffer.wrap(new byte[] {'t', 'w', 'o'}));
    }

    assertThat(Files.readString(there.resolve("f"))).isEqualTo("two");
  }

  @Test
  void showsWhatWasCutElsewhere() throws IOException {
    Files.writeString(here.resolve("f"), "one two");
    assertThat(Files.readString(there.resolve("f"))).isEqualTo("one two");

    try (FileChannel c = FileChannel.open(here.resolve("f"), StandardOpenOption.WRITE)) {
      c.truncate(3);
    }

    assertThat(Files.readString(there.resolve("f"))).isEqualTo("one");
  }

  @Test
  void readsOnceWhatNobodyChanges() throws IOException {
    Files.write(here.resolve("f"), new byte[300_000]);
    Files.readAllBytes(there.resolve("f"));
    // RELEASE comes in its own time.
    while (calls.calls("release") == 0) {
      Thread.onSpinWait();
    }
    long reads = calls.calls("read");

    for (int i = 0; i < 5; i++) {
      assertThat(Files.readAllBytes(there.resolve("f"))).hasSize(300_000);
    }

    assertThat(reads).isPositive();
    assertThat(calls.calls("read")).isEqualTo(reads);
    assertThat(calls.calls("flush")).as("nothing to flush after reading").isZero();
  }

  @Test
  void showsNewNamesAtOnce() throws IOException {
    assertThat(Files.exists(there.resolve("n"))).isFalse();

    Files.createFile(here.resolve("n"));

    assertThat(Files.exists(there.resolve("n"))).isTrue();
  }
}
