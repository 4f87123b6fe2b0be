package io.troupe.lsm.compaction;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.compaction.Compaction.Kind;
import io.troupe.lsm.range.RangeTombstone;
import io.troupe.lsm.range.RangeTombstones;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.version.VersionEdit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CompactionPickerTest {

  private static final int BOTTOM = Version.LEVELS - 1;

  /** A merge of level 0 brings 400 bytes; the base has up to 2000. */
  private final CompactionPicker picker = new CompactionPicker(100, 100);

  private final Busy busy = new Busy();
  private long files = 1;

  @Test
  void leavesATreeInShapeAlone() throws IOException {
    Version version =
        version(at(0, "a", "z", 100, 0), at(5, "a", "c", 400, 0), at(BOTTOM, "d", "f", 9_000, 0));

    assertThat(pick(version)).isEmpty();
    assertThat(picker.pendingBytes(version)).isZero();
  }

  @Test
  void mergesAllOfLevel0WithWhatOverlapsOnTheLastLevelAsLongAsThatIsSmall() throws IOException {
    Version version =
        version(
            at(0, "b", "c", 100, 0),
            at(0, "b", "e", 100, 0),
            at(0, "c", "d", 100, 0),
            at(0, "b", "b", 100, 0),
            at(BOTTOM, "a", "b", 10, 0),
            at(BOTTOM, "f", "g", 10, 0));

    Compaction picked = pick(version).orElseThrow();

    assertThat(picked.kind()).isEqualTo(Kind.MERGE);
    assertThat(picked.upper()).hasSize(4);
    assertThat(picked.outputLevel()).isEqualTo(BOTTOM);
    assertThat(picked.lower()).extracting(CompactionPickerTest::first).containsExactly("a");
    assertThat(picker.pendingBytes(version)).isEqualTo(410);
  }

  @Test
  void putsALevelBetweenWhenTheLastOneIsLarge() throws IOException {
    Version small = version(at(BOTTOM, "a", "z", 2_000, 0));
    Version large = version(at(BOTTOM, "a", "z", 2_001, 0));
    Version larger = version(at(BOTTOM, "a", "z", 20_100, 0));

    assertThat(new LevelTargets(small, 0, 400).base()).isEqualTo(BOTTOM);
    assertThat(new LevelTargets(large, 0, 400).base()).isEqualTo(BOTTOM - 1);
    assertThat(new LevelTargets(large, 0, 400).target(BOTTOM - 1)).isEqualTo(200);
    assertThat(new LevelTargets(larger, 0, 400).base()).isEqualTo(BOTTOM - 2);
  }

  @Test
  void neverMergesLevel0PastALevelThatHasTables() throws IOException {
    Version version = version(at(4, "a", "z", 1, 0), at(BOTTOM, "a", "z", 500, 0));

    assertThat(new LevelTargets(version, 0, 400).base()).isEqualTo(4);
  }

  @Test
  void movesTablesThatOverlapNothing() throws IOException {
    Version version =
        version(
            at(5, "a", "c", 600, 0),
            at(5, "d", "f", 600, 0),
            at(5, "g", "h", 600, 0),
            at(BOTTOM, "a", "b", 5_000, 0));

    Compaction picked = pick(version).orElseThrow();

    assertThat(picked.level()).isEqualTo(5);
    assertThat(picked.kind()).isEqualTo(Kind.MOVE);
    assertThat(picked.upper()).extracting(CompactionPickerTest::first).containsExactly("d", "g");
  }

  @Test
  void rewritesWhatWouldOverlapTooMuchOfTheLevelBelow() throws IOException {
    Version version =
        version(
            at(4, "a", "c", 600, 0), at(BOTTOM, "a", "b", 5_000, 0), at(BOTTOM, "d", "e", 500, 0));
    Version less =
        version(
            at(4, "a", "c", 600, 0), at(BOTTOM, "a", "b", 900, 0), at(BOTTOM, "d", "e", 4_600, 0));

    assertThat(pick(version).orElseThrow().kind()).isEqualTo(Kind.MERGE);
    assertThat(pick(less).orElseThrow().kind()).isEqualTo(Kind.MOVE);
  }

  @Test
  void takesTablesOfDeletesDownThoughTheirLevelIsNotFull() throws IOException {
    Version version =
        version(at(5, "a", "c", 10, 60), at(5, "d", "f", 10, 40), at(BOTTOM, "a", "z", 1_000, 0));

    Compaction picked = pick(version).orElseThrow();

    assertThat(picked.upper()).extracting(CompactionPickerTest::first).containsExactly("a");
    assertThat(picked.lower()).hasSize(1);
  }

  @Test
  void mergesLevel0EarlierWhenItIsMostlyDeletes() throws IOException {
    assertThat(pick(version(at(0, "a", "c", 10, 60), at(0, "a", "c", 10, 40)))).isEmpty();
    assertThat(pick(version(at(0, "a", "c", 10, 60), at(0, "a", "c", 10, 60)))).isPresent();
  }

  @Test
  void ridsTheLastLevelOfDeletesThatNoSnapshotNeeds() throws IOException {
    Version version = version(at(BOTTOM, "a", "c", 10, 60));

    Compaction picked = pick(version, false, 9).orElseThrow();

    assertThat(picked.outputLevel()).isEqualTo(BOTTOM);
    assertThat(picked.kind()).isEqualTo(Kind.MERGE);
    assertThat(pick(version, false, 8)).isEmpty();
  }

  @Test
  void takesEveryDeleteDownWhenTheDiskIsNearlyFull() throws IOException {
    Version version = version(at(0, "a", "c", 10, 1), at(BOTTOM, "d", "f", 10, 0));

    assertThat(pick(version, false)).isEmpty();
    assertThat(pick(version, true)).isPresent();
    assertThat(pick(version(at(BOTTOM, "a", "c", 10, 1)), true)).isPresent();
  }

  @Test
  void dropsTablesThatADeleteOfARangeCoversUnlessASnapshotSeesThem() throws IOException {
    Version version =
        version(at(5, "b", "d", 10, 0), at(5, "e", "g", 10, 0), at(BOTTOM, "b", "k", 10, 0));
    var deletes = RangeTombstones.of(List.of(new RangeTombstone(bytes("b"), bytes("g"), 20)));
    Version marked =
        version.apply(
            edit(
                new VersionEdit.Added(
                    0, new TableMeta(99, 0, 1, 0, 0, 1, 20, 20, bytes("b"), bytes("g"), true))));

    Compaction picked = drop(marked, deletes).orElseThrow();

    assertThat(picked.kind()).isEqualTo(Kind.DROP);
    assertThat(picked.upper()).extracting(CompactionPickerTest::first).containsExactly("b");
    assertThat(drop(marked, deletes, 0)).isPresent();
    assertThat(drop(marked, deletes, 1)).isEmpty(); // the tables have versions from 1 to 9
    assertThat(drop(marked, deletes, 19)).isEmpty();
    assertThat(drop(marked, deletes, 20)).isPresent();
  }

  @Test
  void runsBesideWhatIsInProgressOnlyWhereNothingIsShared() throws IOException {
    Version version =
        version(
            at(5, "a", "c", 600, 0),
            at(5, "d", "f", 600, 0),
            at(5, "m", "p", 600, 0),
            at(BOTTOM, "b", "e", 800, 0),
            at(BOTTOM, "n", "o", 5_000, 0));

    Compaction first = pick(version).orElseThrow();
    busy.begin(first);
    Compaction second = pick(version).orElseThrow();
    busy.begin(second);

    assertThat(first.upper()).extracting(CompactionPickerTest::first).containsExactly("a", "d");
    assertThat(second.upper()).extracting(CompactionPickerTest::first).containsExactly("m");
    assertThat(pick(version)).isEmpty();
    busy.end(first);
    assertThat(pick(version)).contains(first);
  }

  @Test
  void keepsTheBaseFreeForLevel0ThatWaitsForIt() throws IOException {
    Version version =
        version(
            at(0, "a", "z", 10, 0),
            at(0, "a", "z", 10, 0),
            at(0, "a", "z", 10, 0),
            at(0, "a", "z", 10, 0),
            at(5, "a", "c", 600, 0),
            at(5, "m", "p", 600, 0),
            at(BOTTOM, "a", "z", 3_000, 0));
    busy.begin(
        new Compaction(
            Kind.MOVE, 0, 5, BOTTOM, List.of(version.level(0, 5).getFirst()), List.of()));

    assertThat(pick(version)).isEmpty();
  }

  private Optional<Compaction> pick(Version version) throws IOException {
    return pick(version, false);
  }

  private Optional<Compaction> pick(Version version, boolean pressed, long... snapshots)
      throws IOException {
    return picker.pick(
        version,
        busy,
        new CompactionPicker.Circumstances(snapshots, pressed, index -> RangeTombstones.NONE));
  }

  private Optional<Compaction> drop(Version version, RangeTombstones ranges, long... snapshots)
      throws IOException {
    return picker
        .pick(version, busy, new CompactionPicker.Circumstances(snapshots, false, index -> ranges))
        .filter(compaction -> compaction.kind() == Kind.DROP);
  }

  private VersionEdit.Added at(
      int level, String smallest, String largest, long bytes, long tombstones) {
    return new VersionEdit.Added(
        level,
        new TableMeta(files++, 0, bytes, 100, tombstones, 1, 9, bytes(smallest), bytes(largest)));
  }

  private static Version version(VersionEdit.Added... added) {
    return Version.empty().apply(edit(added));
  }

  private static VersionEdit edit(VersionEdit.Added... added) {
    return new VersionEdit(List.of(), new ArrayList<>(List.of(added)), List.of(), 0, 0, 0);
  }

  private static String first(TableMeta table) {
    return new String(table.smallest(), UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
