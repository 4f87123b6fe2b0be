package io.troupe.lsm.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.Index;
import io.troupe.lsm.disk.SimDisk;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManifestTest {

  private final SimDisk disk = new SimDisk(1, 1L << 30);

  @Test
  void readsWhatWasWritten() throws IOException {
    write();

    Version version = Manifest.load(disk).orElseThrow();

    assertThat(version.indices()).containsExactly(new Index("näme", 0));
    assertThat(version.flushedSequence()).isEqualTo(20);
    assertThat(version.walFrom()).isEqualTo(4);
    assertThat(version.nextFile()).isEqualTo(9);
    assertThat(version.level(0, 0)).isEmpty();
    TableMeta table = version.level(0, 1).getFirst();
    assertThat(table.number()).isEqualTo(6);
    assertThat(table.smallest()).isEqualTo(new byte[] {1, 2});
    assertThat(table.largest()).isEqualTo(new byte[4096]);
    assertThat(table.highestSequence()).isEqualTo(17);
  }

  @Test
  void cutsATornEditAndRefusesABrokenOneBeforeAWholeOne() throws IOException {
    int[] ends = write();
    String file = ManifestFormat.fileName(1);

    disk.corrupt(file, ends[1] + 40);
    assertThat(Manifest.load(disk).orElseThrow().level(0, 0)).hasSize(1);

    disk.corrupt(file, ends[1] + 40);
    disk.corrupt(file, ends[0] + 40);
    assertThatThrownBy(() -> Manifest.load(disk))
        .isInstanceOfSatisfying(
            CorruptionException.class,
            e -> {
              assertThat(e.file()).isEqualTo(file);
              assertThat(e.offset()).isEqualTo(ends[0]);
            });
  }

  /** Whichever changes of the directory the file system had written by then, in whatever order. */
  @Test
  void oneManifestIsTheCurrentOneWhereverThePowerFails() throws IOException {
    write();
    Version next =
        Version.empty().apply(new VersionEdit(List.of(), List.of(), List.of(), 21, 5, 9));
    boolean interrupted = true;
    for (long at = 0; interrupted; at++) {
      for (int fate = 0; fate < 60; fate++) {
        SimDisk each = disk.afterPowerLoss().losePowerAt(at);
        try {
          Manifest.create(each, next, 2).close();
          interrupted = false;
        } catch (SimDisk.PowerLoss e) {
          interrupted = true;
        }
        Version found = Manifest.load(each.afterPowerLoss()).orElseThrow();
        assertThat(found.flushedSequence()).isIn(20L, 21L);
        assertThat(found.flushedSequence() == 21 || interrupted).isTrue();
      }
    }
  }

  /** Three edits; returns where the second and the third start. */
  private int[] write() throws IOException {
    var table = new TableMeta(6, 0, 100, 10, 3, 11, 17, new byte[] {1, 2}, new byte[4096]);
    var first = Version.empty().asEdit();
    var second =
        new VersionEdit(
            List.of(new Index("näme", 0)),
            List.of(new VersionEdit.Added(0, table)),
            List.of(),
            20,
            3,
            9);
    var third =
        new VersionEdit(
            List.of(),
            List.of(new VersionEdit.Added(1, table)),
            List.of(new VersionEdit.Removed(0, 0, 6)),
            0,
            4,
            0);
    try (Manifest manifest = Manifest.create(disk, Version.empty(), 1)) {
      manifest.append(second);
      manifest.append(third);
    }
    int secondAt = ManifestFormat.encode(first, 1, 0).remaining();
    return new int[] {secondAt, secondAt + ManifestFormat.encode(second, 1, 1).remaining()};
  }
}
