package io.troupe.node.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.Durability;
import io.troupe.lsm.Store;
import io.troupe.lsm.StoreOptions;
import io.troupe.lsm.WriteBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("it looks at standard output")
final class LsmCommandTest {
  @TempDir Path directory;

  @Test
  void verifiesShowsAndCounts() throws IOException {
    try (Store store = Store.open(directory, StoreOptions.small())) {
      for (int i = 0; i < 3; i++) {
        store.commitAndWait(
            new WriteBatch().put(store.index("users"), ("u" + i).getBytes(UTF_8), new byte[] {1}),
            Durability.SYNC);
      }
      assertThat(run("lsm", "verify", directory.toString()).status()).isEqualTo(1);
    }

    assertThat(run("lsm", "verify", directory.toString()))
        .isEqualTo(new Run(0, directory + " is whole\n"));
    assertThat(run("lsm", "dump", "--log", "--prefix", "u1", directory.toString()).output())
        .contains("users  u1  2  put  0x01")
        .doesNotContain("u2");
    assertThat(run("lsm", "stats", directory.toString()).output()).contains("last sequence     3");

    Path segment;
    try (Stream<Path> files = Files.list(directory)) {
      segment = files.filter(f -> f.toString().endsWith(".log")).sorted().findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(segment);
    bytes[4096 + 50] ^= 1;
    Files.write(segment, bytes);

    Run broken = run("lsm", "verify", directory.toString());
    assertThat(broken.status()).isEqualTo(1);
    assertThat(broken.output()).contains("BROKEN  " + segment.getFileName() + " at offset 4096");
  }

  private record Run(int status, String output) {}

  private static Run run(String... arguments) {
    PrintStream before = System.out;
    var output = new ByteArrayOutputStream();
    System.setOut(new PrintStream(output, true, UTF_8));
    try {
      return new Run(TroupeCommand.run(arguments), output.toString(UTF_8));
    } finally {
      System.setOut(before);
    }
  }
}
