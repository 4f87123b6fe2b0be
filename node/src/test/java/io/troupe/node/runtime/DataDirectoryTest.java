package io.troupe.node.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.actors.id.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {
  @TempDir Path dir;

  @Test
  void keepsItsUuid() throws IOException {
    NodeId first;
    try (DataDirectory d = DataDirectory.open(dir.resolve("a/b"))) {
      first = d.node();
    }

    try (DataDirectory d = DataDirectory.open(dir.resolve("a/b"))) {
      assertThat(d.node()).isEqualTo(first);
    }
  }

  @Test
  void belongsToOneNodeAtATime() throws IOException {
    try (DataDirectory d = DataDirectory.open(dir)) {
      assertThatThrownBy(() -> DataDirectory.open(d.root()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use");
    }
  }

  @Test
  void refusesAnIdThatIsNone() throws IOException {
    Files.writeString(dir.resolve("node.id"), "nonsense");

    assertThatThrownBy(() -> DataDirectory.open(dir)).hasMessageContaining("nonsense");
    Files.delete(dir.resolve("node.id"));
    DataDirectory.open(dir).close();
  }

  @Test
  void refusesAFile() throws IOException {
    Path file = Files.writeString(dir.resolve("f"), "");

    assertThatThrownBy(() -> DataDirectory.open(file)).hasMessageContaining("not a directory");
  }
}
