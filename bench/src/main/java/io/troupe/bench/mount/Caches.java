package io.troupe.bench.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The kernel's pages, names and inodes of the whole machine.
 *
 * @param dropped whether they are forgotten before what is to be cold; takes root
 */
record Caches(boolean dropped) {
  private static final Path DROP = Path.of("/proc/sys/vm/drop_caches");

  static Caches of(boolean leaveAlone) {
    return new Caches(!leaveAlone && Files.isWritable(DROP));
  }

  String label() {
    return dropped ? "cold" : "not cold";
  }

  /** What is clean is forgotten. */
  void drop() throws IOException {
    if (dropped) {
      Files.writeString(DROP, "3");
    }
  }
}
