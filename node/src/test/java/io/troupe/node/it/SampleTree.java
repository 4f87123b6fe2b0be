package io.troupe.node.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;

/**
 * A small tree with everything that a copy has to keep: sizes, modes, times, symlinks, hard links.
 */
final class SampleTree {
  private static final int[] SIZES = {0, 1, 511, 4096, 4097, 70_000, 262_144, 1_048_577, 3_000_000};

  private SampleTree() {}

  static Path make(Path root, int files, long seed) throws IOException {
    Random random = new Random(seed);
    Files.createDirectories(root);
    for (int i = 0; i < files; i++) {
      Path d = Files.createDirectories(root.resolve("d" + i % 7).resolve("e" + i % 3));
      Path f = d.resolve("f" + i);
      byte[] content = new byte[i % 20 < SIZES.length ? SIZES[i % 20] : random.nextInt(9000)];
      random.nextBytes(content);
      Files.write(f, content);
      Files.setPosixFilePermissions(
          f, PosixFilePermissions.fromString(i % 2 == 0 ? "rw-r-----" : "rwxr-xr-x"));
      Files.setLastModifiedTime(f, FileTime.fromMillis(1_500_000_000_000L + i * 86_400_123L));
      if (i % 11 == 0) {
        Files.createSymbolicLink(d.resolve("s" + i), Path.of("f" + i));
      }
      if (i % 13 == 0) {
        Files.createLink(d.resolve("h" + i), f);
      }
    }
    return root;
  }

  /** Content, and what {@code find} can print of every inode. */
  static void assertSame(Path expected, Path actual) {
    Shell.run(expected, "diff -r --no-dereference . '" + actual + "'");
    String list = "find . -printf '%p %y %m %U %G %n %l %T@ %s\\n' | sed 's/ [0-9]*$//' | sort";
    String sizes = "find . -type f -printf '%p %s\\n' | sort";
    assertThat(Shell.run(actual, list)).isEqualTo(Shell.run(expected, list));
    assertThat(Shell.run(actual, sizes)).isEqualTo(Shell.run(expected, sizes));
  }
}
