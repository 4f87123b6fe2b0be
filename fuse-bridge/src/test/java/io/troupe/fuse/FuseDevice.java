package io.troupe.fuse;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Skips tests that need the kernel's FUSE where there is none. */
final class FuseDevice {
  private FuseDevice() {}

  static void assumeThere() {
    Assumptions.assumeTrue(
        Files.exists(Path.of("/dev/fuse")), "/dev/fuse is missing: nothing can be mounted here");
  }
}
