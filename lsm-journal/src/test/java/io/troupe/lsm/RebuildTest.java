package io.troupe.lsm;

import static io.troupe.lsm.StoreTest.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.disk.SimDisk;
import io.troupe.lsm.entry.Delta;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.table.TableWriter;
import io.troupe.lsm.tool.Loss;
import io.troupe.lsm.tool.RepairReport;
import io.troupe.lsm.tool.RepairRun;
import io.troupe.lsm.version.Manifest;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.version.VersionEdit;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Which tables make up the store when no manifest says so any more: those that had been replaced,
 * or were never finished, must not count, and what two of them share counts once.
 */
class RebuildTest {

  private static final Map<Integer, String> NAMES = Map.of(0, "a");

  /** An entry of a table of the one index. */
  private record Put(String key, long sequence, byte kind, byte[] value) {
    static Put of(String key, long sequence, String value) {
      return new Put(key, sequence, Kind.PUT, bytes(value));
    }

    static Put sum(String key, long sequence, long change) {
      return new Put(key, sequence, Kind.MERGE, Delta.value(change));
    }
  }

  private final SimDisk disk = new SimDisk(1, 1L << 30);
  private final List<SimDisk> quarantines = new ArrayList<>();

  @Test
  void tablesOfARepairThatWasNotFinishedAreSetAside() throws IOException {
    table(3, Put.of("j", 1, "one"), Put.of("k", 2, "two"));
    table(7, Put.of("k", 9, "never finished"));
    disk.create("repair-0000000000000007.tmp").close();
    disk.sync();

    RepairReport report = repair();

    assertThat(report.steps()).anyMatch(step -> step.startsWith("set 0000000000000007.sst aside"));
    assertThat(quarantines.getFirst().list()).contains(TableFormat.fileName(7));
    assertThat(read("j")).isEqualTo("one");
    assertThat(read("k")).isEqualTo("two");
  }

  /** Of one that stopped while it wrote, so that what has lower numbers is not there yet. */
  @Test
  void nothingOfTheLogIsTakenForWrittenBecauseAnUnfinishedTableHasLaterBatches()
      throws IOException {
    try (Engine engine = EngineRun.open(disk, EngineRun.TINY)) {
      for (String key : List.of("y", "x", "k")) {
        WriteBatch batch = new WriteBatch().put(engine.index("a"), bytes(key), bytes("of " + key));
        EngineRun.write(engine, List.of(batch), Durability.SYNC);
      }
    }
    for (long manifest : Manifest.numbers(disk)) {
      disk.delete(Manifest.fileName(manifest));
    }
    disk.delete("CURRENT");
    table(7, Put.of("k", 3, "of k"));
    disk.create("repair-0000000000000007.tmp").close();
    disk.sync();

    repair();

    for (String key : List.of("k", "x", "y")) {
      assertThat(read(key)).isEqualTo("of " + key);
    }
  }

  @Test
  void tablesThatAnEditTookOutAreSetAside() throws IOException {
    TableMeta old = table(1, Put.of("b", 1, "deleted since"));
    TableMeta merged = table(2, Put.of("c", 2, "kept"));
    var first =
        new VersionEdit(List.of(new Index("a", 0)), List.of(at(0, old)), List.of(), 1, 1, 3);
    var second =
        new VersionEdit(
            List.of(), List.of(at(1, merged)), List.of(new VersionEdit.Removed(0, 0, 1)), 2, 1, 4);
    try (Manifest manifest = Manifest.create(disk, Version.empty().apply(first), 3)) {
      manifest.append(second);
    }
    disk.corrupt(Manifest.fileName(3), 40);

    RepairReport report = repair();

    assertThat(report.steps()).anyMatch(step -> step.startsWith("set 0000000000000001.sst aside"));
    assertThat(quarantines.getFirst().list()).contains(TableFormat.fileName(1));
    assertThat(read("b")).isEqualTo("nothing");
    assertThat(read("c")).isEqualTo("kept");
  }

  /** The one with the lower number was merged into the other, which has its sums added up. */
  @Test
  void aTableThatWasMergedIsLeftOut() throws IOException {
    for (String smallest : List.of("a", "d")) {
      SimDisk each = new SimDisk(1, 1L << 30);
      table(each, 1, Put.sum("c", 2, 3), Put.sum("c", 1, 5), Put.of("e", 3, "x"));
      List<Put> output = new ArrayList<>(List.of(Put.sum("c", 2, 8), Put.of("e", 3, "x")));
      output.add(smallest.equals("a") ? 0 : 1, Put.of(smallest, 4, "y"));
      table(each, 2, output.toArray(Put[]::new));

      RepairReport report = RepairRun.run(each, new ArrayList<>(), NAMES);

      assertThat(report.losses()).isEmpty();
      assertThat(sum(each, "c")).as("with key %s", smallest).isEqualTo(8);
    }
  }

  /** Neither has all that the other has: both count, and it is told that this is not certain. */
  @Test
  void whatTwoTablesShareCountsOnce() throws IOException {
    table(1, Put.sum("c", 1, 5), Put.of("m", 3, "one"));
    table(2, Put.sum("c", 1, 5), Put.of("z", 4, "two"));

    RepairReport report = repair();

    assertThat(sum(disk, "c")).isEqualTo(5);
    assertThat(read("m")).isEqualTo("one");
    assertThat(read("z")).isEqualTo("two");
    assertThat(report.losses()).extracting(Loss::what).anyMatch(what -> what.contains("in part"));
  }

  /** The next blow falls before the repair that was interrupted is run again. */
  @Test
  void nothingIsLostWhenTheManifestIsLostAgainAfterAnInterruptedRepair() throws IOException {
    table(3, Put.of("j", 1, "one"), Put.of("k", 2, "two"));
    table(4, Put.of("k", 3, "three"), Put.of("m", 4, "four"));
    boolean interrupted = true;
    for (long at = 0; interrupted; at++) {
      for (int fate = 0; fate < 4; fate++) {
        SimDisk each = disk.afterPowerLoss().losePowerAt(at);
        interrupted = isInterrupted(each);
        SimDisk after = each.afterPowerLoss();
        for (long manifest : Manifest.numbers(after)) {
          after.delete(Manifest.fileName(manifest));
        }
        after.delete("CURRENT");
        after.sync();

        RepairRun.run(after, false, NAMES);

        try (Engine engine = EngineRun.open(after, EngineRun.TINY)) {
          assertThat(List.of("j", "k", "m"))
              .as("interrupted at %s", at)
              .extracting(key -> engine.get(engine.index("a"), bytes(key), -1).map(String::new))
              .containsExactly(Optional.of("one"), Optional.of("three"), Optional.of("four"));
        }
      }
    }
  }

  private static boolean isInterrupted(SimDisk each) throws IOException {
    try {
      RepairRun.run(each, false, NAMES);
      return false;
    } catch (SimDisk.PowerLoss e) {
      return true;
    }
  }

  private RepairReport repair() throws IOException {
    RepairReport report = RepairRun.run(disk, quarantines, NAMES);
    assertThat(report.outcome()).isEqualTo(RepairReport.Outcome.REPAIRED);
    assertThat(RepairRun.broken(disk)).isEmpty();
    return report;
  }

  private String read(String key) throws IOException {
    try (Engine engine = EngineRun.open(disk, EngineRun.TINY)) {
      return engine.get(engine.index("a"), bytes(key), -1).map(String::new).orElse("nothing");
    }
  }

  private static long sum(SimDisk from, String key) throws IOException {
    try (Engine engine = EngineRun.open(from, EngineRun.TINY)) {
      byte[] value = engine.get(engine.index("a"), bytes(key), -1).orElseThrow();
      return Delta.at(MemorySegment.ofArray(value), 0);
    }
  }

  private static VersionEdit.Added at(int level, TableMeta table) {
    return new VersionEdit.Added(level, table);
  }

  private TableMeta table(long number, Put... entries) throws IOException {
    return table(disk, number, entries);
  }

  private static TableMeta table(SimDisk to, long number, Put... entries) throws IOException {
    try (var writer = new TableWriter(to, number, 0, 4096, Compression.NONE)) {
      for (Put put : entries) {
        byte[] key = bytes(put.key());
        MemorySegment value = MemorySegment.ofArray(put.value());
        writer.add(key, key.length, put.sequence(), put.kind(), value, 0, put.value().length);
      }
      return writer.finish();
    } finally {
      to.sync();
    }
  }
}
