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
import java.nio.ByteBuffer;
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

  @Test
  void repairs() throws IOException {
    try (Store store = Store.open(directory, StoreOptions.small())) {
      for (int i = 0; i < 3; i++) {
        store.commitAndWait(
            new WriteBatch().put(store.index("users"), ("u" + i).getBytes(UTF_8), new byte[] {1}),
            Durability.SYNC);
      }
      assertThat(run("lsm", "repair", directory.toString()).status()).isEqualTo(2);
    }
    assertThat(run("lsm", "repair", directory.toString()))
        .isEqualTo(new Run(0, directory + " is whole\n"));
    Path segment;
    try (Stream<Path> files = Files.list(directory)) {
      segment = files.filter(f -> f.toString().endsWith(".log")).sorted().findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(segment);
    int second = 4096 + ((ByteBuffer.wrap(bytes).getInt(4096) + 7) & ~7);
    bytes[second + 50] ^= 1;
    Files.write(segment, bytes);
    String lost = "LOST    " + segment.getFileName() + " at offset " + second;

    Run dry = run("lsm", "repair", "--dry-run", directory.toString());
    assertThat(dry.status()).isEqualTo(1);
    assertThat(dry.output())
        .contains(lost)
        .contains("would be repaired")
        .contains("numbers 2 to 2");
    assertThat(Files.readAllBytes(segment)).isEqualTo(bytes);
    Run repaired = run("lsm", "repair", directory.toString());
    assertThat(repaired.status()).isEqualTo(1);
    assertThat(repaired.output()).contains(lost).contains("is repaired; losses: 1");
    assertThat(directory.resolve("quarantine-1").resolve(segment.getFileName()))
        .hasBinaryContent(bytes);
    assertThat(run("lsm", "repair", directory.toString()).status()).isEqualTo(0);
    try (Store store = Store.open(directory, StoreOptions.small())) {
      assertThat(store.get(store.index("users"), "u0".getBytes(UTF_8))).isPresent();
      assertThat(store.get(store.index("users"), "u1".getBytes(UTF_8))).isEmpty();
      assertThat(store.get(store.index("users"), "u2".getBytes(UTF_8))).isPresent();
    }
    assertThat(run("lsm", "repair", directory.resolve("nowhere").toString()).status()).isEqualTo(2);
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
