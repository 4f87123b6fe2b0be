package io.troupe.lsm;

import static io.troupe.lsm.StoreTest.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.disk.SimDisk;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A table that ends at any byte: what it does not have any more is told as lost. */
class CutTableTest {

  private static final int KEYS = 40;
  private static final int BLOCK_BYTES = 100;
  private static final long NUMBER = 1;

  @Test
  void whateverIsBehindACutIsThereOrNamed() throws IOException {
    assertThat(kept(true)).isGreaterThan(KEYS / 4);
  }

  /** Without its footer a table does not say which index it belongs to. */
  @Test
  void withoutAManifestAllOfItIsNamed() throws IOException {
    assertThat(kept(false)).isZero();
  }

  /** Returns how many keys are left of the table on average. */
  private static int kept(boolean manifest) throws IOException {
    SimDisk whole = store(manifest);
    int size = whole.bytes(TableFormat.fileName(NUMBER)).length;
    SimDisk source = whole.afterPowerLoss();
    int kept = 0;
    for (int cut = 0; cut < size; cut++) {
      SimDisk disk = source.afterPowerLoss();
      try (DiskFile file = disk.open(TableFormat.fileName(NUMBER))) {
        file.truncate(cut);
        file.force();
      }
      RepairReport report = RepairRun.run(disk, false, Map.of(0, "a"));

      try (Engine engine = EngineRun.open(disk, EngineRun.TINY)) {
        for (int i = 0; i < KEYS; i++) {
          Optional<byte[]> value = engine.get(engine.index("a"), key(i), -1);
          if (value.isPresent()) {
            kept++;
            assertThat(value).hasValue(key(i));
          } else {
            assertThat(isNamed(report.losses(), key(i)))
                .as("cut at %s of %s, key %s, losses %s", cut, size, i, report.losses())
                .isTrue();
          }
        }
      }
    }
    return kept / size;
  }

  private static boolean isNamed(List<Loss> losses, byte[] key) {
    return losses.stream()
        .anyMatch(
            loss ->
                loss.from().map(from -> Arrays.compareUnsigned(from, key) <= 0).orElse(true)
                    && loss.through().map(to -> Arrays.compareUnsigned(key, to) <= 0).orElse(true));
  }

  private static SimDisk store(boolean withManifest) throws IOException {
    var disk = new SimDisk(1, 1L << 30);
    TableMeta table;
    try (var writer = new TableWriter(disk, NUMBER, 0, BLOCK_BYTES, Compression.NONE)) {
      for (int i = 0; i < KEYS; i++) {
        byte[] key = key(i);
        writer.add(key, key.length, 1 + i, Kind.PUT, MemorySegment.ofArray(key), 0, key.length);
      }
      table = writer.finish();
    }
    disk.sync();
    if (withManifest) {
      var edit =
          new VersionEdit(
              List.of(new Index("a", 0)),
              List.of(new VersionEdit.Added(0, table)),
              List.of(),
              KEYS,
              1,
              NUMBER + 2);
      Manifest.create(disk, Version.empty().apply(edit), NUMBER + 1).close();
    }
    return disk;
  }

  private static byte[] key(int number) {
    return bytes(String.format("key-%04d", number));
  }
}
