package io.troupe.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MountTableTest {
  private final MountTable table =
      MountTable.parse(
          List.of(
              "/dev/vda / ext4 rw,relatime 0 0",
              "troupe:home /mnt/a\\040b fuse.troupe rw 0 0",
              "troupe:inner /mnt/a\\040b/c fuse.troupe rw 0 0",
              "other /mnt/other fuse.sshfs rw 0 0"));

  @Test
  void listsOnlyOurs() {
    assertThat(table.mounts())
        .containsExactly(
            new MountTable.Mount("troupe:home", Path.of("/mnt/a b")),
            new MountTable.Mount("troupe:inner", Path.of("/mnt/a b/c")));
  }

  @Test
  void findsTheInnermostMountOfAPath() {
    assertThat(table.holding(Path.of("/mnt/a b/x")).orElseThrow().volume()).isEqualTo("home");
    assertThat(table.holding(Path.of("/mnt/a b/c/x")).orElseThrow().volume()).isEqualTo("inner");
    assertThat(table.holding(Path.of("/mnt/other/x"))).isEmpty();
  }
}
