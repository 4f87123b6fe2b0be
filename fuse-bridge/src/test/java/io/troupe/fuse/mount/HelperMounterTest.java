package io.troupe.fuse.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.fuse.transport.DeviceChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The way of users that are not root; the program mounts for root too. */
@Timeout(30)
class HelperMounterTest {
  private static final MountOptions OPTIONS =
      new MountOptions("a,b\\c", Optional.empty(), true, true);

  @TempDir Path directory;

  private final HelperMounter mounter = new HelperMounter();

  @BeforeEach
  void assumeThere() {
    Assumptions.assumeTrue(
        Files.exists(Path.of("/dev/fuse")), "/dev/fuse is missing: nothing can be mounted here");
    Assumptions.assumeTrue(
        Files.exists(Path.of("/usr/bin/fusermount3")) || Files.exists(Path.of("/bin/fusermount3")),
        "fusermount3 is not installed");
  }

  @Test
  void handsTheDescriptorOver() throws IOException {
    DeviceChannel channel = mounter.mount(directory, OPTIONS);

    assertThat(channel.fd()).isPositive();
    assertThat(MountInfo.read().at(directory))
        .hasValueSatisfying(
            e -> {
              assertThat(e.type()).isEqualTo(MountPoint.TYPE);
              assertThat(e.source()).isEqualTo("troupe:a,b\\c");
            });
    channel.close();
    mounter.unmount(directory, true);
    assertThat(MountInfo.read().at(directory)).isEmpty();
    mounter.unmount(directory, false);
  }

  @Test
  void repeatsWhatTheProgramSays() {
    Path missing = directory.resolve("missing");

    assertThatThrownBy(() -> mounter.mount(missing, OPTIONS))
        .isInstanceOf(MountException.class)
        .hasMessageContaining("cannot mount troupe:")
        .hasMessageContaining("No such file or directory");
  }

  @Test
  void detachesWhatADeadServerLeft() throws IOException {
    mounter.mount(directory, OPTIONS).close();

    Path path = MountPoint.prepare(directory, mounter);

    assertThat(path).isEqualTo(directory.toRealPath());
    assertThat(MountInfo.read().at(path)).isEmpty();
  }
}
