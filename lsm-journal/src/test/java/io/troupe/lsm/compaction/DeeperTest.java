package io.troupe.lsm.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.version.VersionEdit;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which levels are asked before a delete is dropped: all below, and none above. */
class DeeperTest {

  private static final byte[] BEFORE = {1};
  private static final byte[] KEY = {5};
  private static final byte[] BEHIND = {9};

  @Test
  void asksEachLevelBelowAndNoOther() throws IOException {
    for (int below = -1; below < Version.LEVELS; below++) {
      for (int level = 0; level < Version.LEVELS; level++) {
        Deeper deeper = deeper(level, below, true);

        assertThat(deeper.mayHave(BEFORE, 1)).isFalse();
        assertThat(deeper.mayHave(KEY, 1))
            .as("level %s, below %s", level, below)
            .isEqualTo(level > below);
        assertThat(deeper.mayHave(BEHIND, 1)).isFalse();
      }
    }
  }

  @Test
  void looksForRangesOnEachLevelBelowAndNoOther() {
    for (int below = -1; below < Version.LEVELS; below++) {
      for (int level = 0; level < Version.LEVELS; level++) {
        Deeper deeper = deeper(level, below, false);

        assertThat(deeper.overlaps(BEFORE, KEY)).isFalse();
        assertThat(deeper.overlaps(BEFORE, BEHIND))
            .as("level %s, below %s", level, below)
            .isEqualTo(level > below);
        assertThat(deeper.overlaps(KEY, BEHIND)).isEqualTo(level > below);
        assertThat(deeper.overlaps(new byte[] {6}, BEHIND)).isFalse();
      }
    }
  }

  @Test
  void aTableThatDoesNotHaveTheKeyIsNotInTheWay() throws IOException {
    assertThat(deeper(Version.LEVELS - 1, 3, false).mayHave(KEY, 1)).isFalse();
  }

  /** With one table, of one key. */
  private static Deeper deeper(int level, int below, boolean has) {
    var table = new TableMeta(1, 0, 100, 1, 0, 1, 9, KEY, KEY);
    Version version =
        Version.empty()
            .apply(
                new VersionEdit(
                    List.of(), List.of(new VersionEdit.Added(level, table)), List.of(), 0, 0, 0));
    return new Deeper(version, 0, below, (number, key, length) -> has);
  }
}
