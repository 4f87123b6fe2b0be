package io.troupe.node.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.troupe.gateway.client.TroupeClient;
import io.troupe.gateway.client.TroupeFile;
import io.troupe.gateway.client.TroupeVolume;
import io.troupe.node.config.Configuration;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of the README, word for word, from outside of a cluster. */
final class ReadmeExampleTest {
  @TempDir Path dir;

  @Test
  void works() throws IOException {
    int port = FreePort.find();
    Config config = Configuration.load(Optional.empty(), Map.of(), ConfigFactory.empty());
    try (TroupeProcess node =
        TroupeProcess.start(
            "is running",
            List.of(
                "node",
                "--roles",
                "dir,mrc,osd,gateway",
                "--data",
                dir.toString(),
                "--port",
                Integer.toString(port)))) {
      TroupeProcess.start("volume home", List.of("mkvol", "home", "--node", "127.0.0.1:" + port))
          .close();

      assertThat(example("127.0.0.1:" + port, config)).isEqualTo("Hello, Troupe!");

      node.terminate();
    }
  }

  private static String example(String address, Config config) {
    try (TroupeClient troupe = TroupeClient.connect(address, config)) {
      TroupeVolume home = troupe.openVolume("home").toCompletableFuture().join();
      home.makeDirectories("/notes/today").toCompletableFuture().join();
      try (TroupeFile file = home.create("/notes/today/hello").toCompletableFuture().join()) {
        file.write(ByteBuffer.wrap("Hello, Troupe!".getBytes(UTF_8)), 0)
            .toCompletableFuture()
            .join();
        file.flush().toCompletableFuture().join(); // on stable storage from here on
      }
      try (TroupeFile file = home.open("/notes/today/hello").toCompletableFuture().join()) {
        ByteBuffer text = ByteBuffer.allocate(64);
        file.read(text, 0).toCompletableFuture().join();
        return UTF_8.decode(text.flip()).toString();
      }
    }
  }

  /** The test's text is the README's but for what is done with address and outcome. */
  @Test
  void isTheOneInTheReadme() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    String test =
        Files.readString(Path.of("src/test/java/io/troupe/node/it/ReadmeExampleTest.java"));
    String example = readme.substring(readme.indexOf("```java") + 7);
    example = example.substring(0, example.indexOf("```"));
    String missing =
        example
            .lines()
            .map(String::strip)
            .filter(l -> !l.contains("connect(") && !l.contains("System.out") && !l.isEmpty())
            .filter(l -> !test.replaceAll("\\s+", "").contains(l.replaceAll("\\s+", "")))
            .collect(Collectors.joining("\n"));

    assertThat(missing).isEmpty();
  }
}
