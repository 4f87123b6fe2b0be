package io.troupe.node.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that lie, and disks that are full. */
@RequiresMount
final class DiskFaultTest {
  @TempDir Path dir;
  private Path mount = Path.of("");
  private Path data = Path.of("");

  @BeforeEach
  void makeMountPoint() throws IOException {
    mount = Files.createDirectory(dir.resolve("mnt"));
    data = Files.createDirectory(dir.resolve("data"));
  }

  @AfterEach
  void detach() {
    TroupeProcess.detach(mount);
    TroupeProcess.detach(data);
  }

  private TroupeProcess up() throws IOException {
    return TroupeProcess.start(
        "is mounted on",
        List.of("up", "--mount", mount.toString(), "--data", data.toString(), "--port", "0"));
  }

  @Test
  void aFlippedByteIsEioAndALogLine() throws IOException {
    try (TroupeProcess p = up()) {
      Shell.run(mount, "head -c 300000 /dev/urandom > f && sync f");
      p.kill();
    }
    Path segment;
    try (Stream<Path> segments = Files.list(data.resolve("objects"))) {
      segment = segments.filter(s -> s.toFile().length() >= 300_000).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(segment);
    bytes[150_000] ^= 4;
    Files.write(segment, bytes);

    try (TroupeProcess p = up()) {
      Shell.Outcome read = Shell.attempt(mount, "cat f > /dev/null");

      assertThat(read.status()).isNotZero();
      assertThat(read.output()).contains("Input/output error");
      assertThat(p.output())
          .containsPattern("event=damaged file=[0-9a-f-]+:[0-9]+ object=[0-9]+ osd=[0-9a-f-]+");
      Shell.run(mount, "echo fine > g && [ $(cat g) = fine ]");
      p.terminate();
    }
  }

  @Test
  void aFullDiskIsEnospcAndRecovers() throws IOException {
    Shell.run(dir, "mount -t tmpfs -o size=200m none data");
    try (TroupeProcess p = up()) {
      Shell.run(mount, "head -c 1000000 /dev/urandom > kept && sync kept && md5sum kept > sums");

      Shell.Outcome fill =
          Shell.attempt(mount, "dd if=/dev/zero of=big bs=1M count=400 conv=fsync");

      assertThat(fill.status()).isNotZero();
      assertThat(fill.output()).contains("No space left on device");
      Shell.run(mount, "md5sum -c sums && rm big");
      // Space comes back when the objects are deleted, a moment after the name.
      Shell.run(
          mount,
          "for i in $(seq 100); do dd if=/dev/zero of=again bs=1M count=20 conv=fsync 2>/dev/null"
              + " && exit 0; sleep 0.1; done; exit 1");
      Shell.run(mount, "md5sum -c sums");
      p.terminate();
    }
    try (TroupeProcess p = up()) {
      Shell.run(mount, "md5sum -c sums && [ $(stat -c %s again) = 20971520 ]");
      p.terminate();
    }
  }
}
