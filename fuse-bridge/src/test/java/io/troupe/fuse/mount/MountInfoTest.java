package io.troupe.fuse.mount;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountInfoTest {
  private static final MountInfo TABLE =
      MountInfo.parse(
          List.of(
              "24 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw",
              "90 24 0:47 / /mnt/a\\040b rw,relatime - fuse.troupe troupe:v\\134x rw,user_id=0",
              "91 24 0:48 / /mnt/over rw shared:9 master:2 - tmpfs tmpfs rw",
              "92 91 0:49 / /mnt/over rw - fuse.troupe troupe:w rw",
              "truncated line"));

  @Test
  void undoesTheEscapes() {
    assertThat(TABLE.at(Path.of("/mnt/a b")))
        .contains(new MountInfo.Entry(47, "/mnt/a b", "fuse.troupe", "troupe:v\\x"));
  }

  @Test
  void showsTheMountOnTop() {
    assertThat(TABLE.at(Path.of("/mnt/over")))
        .contains(new MountInfo.Entry(49, "/mnt/over", "fuse.troupe", "troupe:w"));
    assertThat(TABLE.at(Path.of("/mnt"))).isEmpty();
  }
}
