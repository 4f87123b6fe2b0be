package io.troupe.lsm.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.version.VersionEdit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompactionPickerTest {

  private final CompactionPicker picker = new CompactionPicker(1000);
  private long files = 1;

  @Test
  void leavesATreeInShapeAlone() {
    Version version =
        version(at(0, "a", "z", 100, 0), at(1, "a", "c", 500, 0), at(1, "d", "f", 500, 0));

    assertThat(picker.pick(version, false)).isEmpty();
  }

  @Test
  void mergesAllOfLevel0WithWhatOverlaps() {
    Version version =
        version(
            at(0, "b", "c", 10, 0),
            at(0, "b", "e", 10, 0),
            at(0, "c", "d", 10, 0),
            at(0, "b", "b", 10, 0),
            at(1, "a", "b", 10, 0),
            at(1, "f", "g", 10, 0),
            at(2, "a", "a", 10, 0));

    Compaction picked = picker.pick(version, false).orElseThrow();

    assertThat(picked.upper()).hasSize(4);
    assertThat(picked.lower())
        .extracting(table -> new String(table.smallest(), java.nio.charset.StandardCharsets.UTF_8))
        .containsExactly("a");
    assertThat(picked.bottom()).isFalse();
    assertThat(picked.isMove()).isFalse();
  }

  @Test
  void movesATableThatOverlapsNothing() {
    Version version =
        version(at(1, "a", "c", 600, 0), at(1, "d", "f", 600, 0), at(2, "a", "b", 5000, 0));

    Compaction picked = picker.pick(version, false).orElseThrow();

    assertThat(picked.level()).isEqualTo(1);
    assertThat(picked.isMove()).isTrue();
    assertThat(picked.upper().getFirst().smallest()).isEqualTo(bytes("d"));
  }

  @Test
  void takesTablesOfDeletesDown() {
    Version version =
        version(at(1, "a", "c", 10, 60), at(1, "d", "f", 10, 40), at(2, "a", "z", 10, 0));

    Compaction picked = picker.pick(version, false).orElseThrow();

    assertThat(picked.upper().getFirst().smallest()).isEqualTo(bytes("a"));
    assertThat(picked.bottom()).isTrue();
  }

  @Test
  void takesEveryDeleteDownWhenTheDiskIsNearlyFull() {
    Version version = version(at(0, "a", "c", 10, 1), at(1, "d", "f", 10, 0));

    assertThat(picker.pick(version, false)).isEmpty();
    assertThat(picker.pick(version, true)).isPresent();
    assertThat(picker.pick(version(at(3, "a", "c", 10, 100)), true)).isEmpty();
  }

  private VersionEdit.Added at(
      int level, String smallest, String largest, long bytes, long tombstones) {
    return new VersionEdit.Added(
        level,
        new TableMeta(files++, 0, bytes, 100, tombstones, 1, 9, bytes(smallest), bytes(largest)));
  }

  private static Version version(VersionEdit.Added... added) {
    return Version.empty()
        .apply(new VersionEdit(List.of(), new ArrayList<>(List.of(added)), List.of(), 0, 0, 0));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
