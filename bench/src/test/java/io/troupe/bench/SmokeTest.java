package io.troupe.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Not the figures: that each benchmark runs, checks its results, tells them and leaves nothing. */
final class SmokeTest {
  @TempDir Path dir;

  private List<? extends Config> rowsOf(String... benchmark) throws IOException {
    Path json = dir.resolve("figures.json");
    List<String> arguments = new ArrayList<>(Arrays.asList(benchmark));
    arguments.addAll(List.of("--rounds", "1", "--seconds", "0.02", "--json", json.toString()));

    assertThat(Main.run(arguments.toArray(String[]::new))).isZero();

    Config figures = ConfigFactory.parseFile(json.toFile());
    Files.delete(json);
    assertThat(dir).isEmptyDirectory();
    assertThat(figures.getString("benchmark")).isEqualTo(benchmark[0]);
    return figures.getConfigList("rows");
  }

  private static void assertCompared(List<? extends Config> rows, String... contestants) {
    for (Config row : rows) {
      for (String contestant : contestants) {
        Config values = row.getConfig("values").getConfig("\"" + contestant + "\"");
        assertThat(values.getDouble("median")).as("%s of %s", row, contestant).isPositive();
        assertThat(values.getDoubleList("rounds")).hasSize(1);
      }
    }
  }

  @Test
  void commitsBesideAppends() throws IOException {
    var rows = rowsOf("commit", "--dir", dir.toString());

    assertThat(rows).hasSize(13);
    assertCompared(rows, "append+fdatasync", "engine");
  }

  @Test
  void looksUpBesideAMap() throws IOException {
    var rows = rowsOf("lookup", "--dir", dir.toString(), "--records", "3000");

    assertThat(rows).hasSize(4);
    assertCompared(rows, "map", "engine");
  }

  @Test
  void worksOfTheEnginesBesideEachOther() throws IOException {
    var rows =
        rowsOf(
            "engines",
            "--dir",
            dir.toString(),
            "--records=5000",
            "--engines=rocksdb,troupe",
            "--work=load,open");

    assertThat(rows).hasSize(7);
    assertCompared(rows, "rocksdb", "troupe");
    assertThat(rows.getFirst().getDouble("reached")).isPositive();
  }

  @Test
  void drawsGrowth() throws IOException {
    Path picture = dir.resolve("growth.svg");

    int code =
        Main.run(
            "engines",
            "--dir=" + dir,
            "--engines=troupe",
            "--growth=0.005,0.006",
            "--svg=" + picture,
            "--seconds=0.02");

    assertThat(code).isZero();
    assertThat(Files.readString(picture))
        .startsWith("<svg")
        .contains("6 k", "scan")
        .endsWith("</svg>\n");
  }

  @Test
  void streamsBesideTcp() throws IOException {
    var rows = rowsOf("stream");

    assertThat(rows).hasSize(6);
    assertCompared(rows, "TCP", "IPC", "UDP");
  }

  @Test
  void objectsBesideAPlainFile() throws IOException {
    var rows = rowsOf("objects", "--dir", dir.toString(), "--objects", "4");

    assertThat(rows).hasSize(7);
    assertCompared(rows, "plain file", "object store");
  }

  @Test
  void leasesBesideBareActors() throws IOException {
    var rows = rowsOf("leases", "--cells", "50", "--lease", "1");

    assertThat(rows).hasSize(2);
  }

  @Test
  void directoriesBesideEachOther() throws IOException {
    Path ours = Files.createDirectory(dir.resolve("ours"));
    Path peer = Files.createDirectory(dir.resolve("peer"));

    int code =
        Main.run(
            "mount",
            "--ours=" + ours,
            "--peer=" + peer,
            "--size=2",
            "--files=40",
            "--tree=60",
            "--warm",
            "--rounds=1",
            "--seconds=0.02");

    assertThat(code).isZero();
    assertThat(ours).isEmptyDirectory();
    assertThat(peer).isEmptyDirectory();
  }

  @Test
  void tellsWrongUsage() {
    assertThat(Main.run("mount")).isEqualTo(2);
    assertThat(Main.run("nothing")).isEqualTo(2);
    assertThat(Main.run("engines", "--engines=nobody")).isEqualTo(2);
    assertThat(Main.run("engines", "--engines=babudb")).isEqualTo(2);
  }
}
