package io.troupe.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigurationTest {
  @TempDir Path dir;

  private static Config load(Optional<Path> file, Map<String, String> keys) {
    return Configuration.load(file, keys, ConfigFactory.empty());
  }

  private Path file(String text) throws IOException {
    return Files.writeString(dir.resolve("t.conf"), text);
  }

  @Test
  void hasTheDocumentedDefaults() {
    assertThat(load(Optional.empty(), Map.of()).getInt("troupe.node.port")).isEqualTo(2551);
  }

  @Test
  void aKeyOfTheCommandLineWinsOverTheFile() throws IOException {
    Config c =
        load(
            Optional.of(file("troupe { node.port = 1000, directory.offline-after = 9s }")),
            Map.of("troupe.node.port", "2000"));

    assertThat(c.getInt("troupe.node.port")).isEqualTo(2000);
    assertThat(c.getDuration("troupe.directory.offline-after")).hasSeconds(9);
  }

  @Test
  void anUnknownKeyIsNamedWithItsLineAndItsNeighbours() throws IOException {
    Path f = file("troupe {\n node {\n  prot = 1\n }\n}\n");

    assertThatThrownBy(() -> load(Optional.of(f), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("unknown key troupe.node.prot")
        .hasMessageContaining("line 3")
        .hasMessageContaining("port");
  }

  @Test
  void aValueOfAnotherTypeIsAnError() {
    assertThatThrownBy(() -> load(Optional.empty(), Map.of("troupe.node.port", "soon")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("troupe.node.port")
        .hasMessageContaining("must be a number");
    assertThatThrownBy(() -> load(Optional.empty(), Map.of("troupe.directory.offline-after", "x")))
        .hasMessageContaining("must be a time");
    assertThatThrownBy(() -> load(Optional.empty(), Map.of("troupe.directory.offline-after", "3")))
        .hasMessageContaining("must be a time");
  }

  @Test
  void aSectionCannotBecomeAValue() {
    assertThatThrownBy(() -> load(Optional.empty(), Map.of("troupe.node", "7")))
        .hasMessageContaining("troupe.node")
        .hasMessageContaining("must be an object");
  }

  @Test
  void pekkosKeysArePassedThrough() {
    Config c = load(Optional.empty(), Map.of("pekko.loglevel", "DEBUG"));

    assertThat(c.getString("pekko.loglevel")).isEqualTo("DEBUG");
  }

  @Test
  void aFileThatIsNotThereIsAnError() {
    Path missing = dir.resolve("missing.conf");

    assertThatThrownBy(() -> load(Optional.of(missing), Map.of()))
        .hasMessageContaining(missing.toString());
  }
}
