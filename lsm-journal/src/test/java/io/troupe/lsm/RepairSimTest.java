package io.troupe.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.disk.SimDisk;
import io.troupe.lsm.range.RangeTombstone;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.table.TableScan;
import io.troupe.lsm.tool.Loss;
import io.troupe.lsm.tool.RepairReport;
import io.troupe.lsm.tool.RepairRun;
import io.troupe.lsm.version.Manifest;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Stores of known content (several indices and levels, deletes of ranges, counters, versions that
 * snapshots kept) in which bits are flipped, and files cut and removed. After a repair they open
 * and verify; every record that no loss names is as it was, and no value appears that was never
 * written. {@code -Dseed=} replays one.
 */
class RepairSimTest {

  private static final int KEYS = 24;
  private static final int STEPS = 60;
  private static final List<Loss> ANY =
      List.of(new Loss("", 0, -1, "", Optional.empty(), Optional.empty(), 0, 0, "any table"));
  private static final long SEEDS = Long.getLong("seeds", 400);
  private static final long INTERRUPTED = Long.getLong("interrupted", 16);

  @Test
  void whatNoLossNamesIsAsItWas() throws IOException {
    Long only = Long.getLong("seed");
    var checks = new Checks();
    for (long seed = only == null ? 1 : only; seed <= (only == null ? SEEDS : only); seed++) {
      try {
        damageAndRepair(seed, checks);
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError("-Dseed=" + seed + " replays this", e);
      }
    }
    System.out.println("REPAIRS " + checks);
    if (only == null) {
      assertThat(checks.exact).as("records that had to be right").isGreaterThan(2 * checks.named);
      assertThat(checks.repaired).isGreaterThan((int) SEEDS / 3);
    }
  }

  /**
   * The power fails at every write, sync and change of a directory of a repair: until another
   * manifest is the current one every file is there as it was, so that the same is rescued, and
   * told as lost, as if nothing had happened.
   */
  @Test
  void aRepairThatIsInterruptedIsRunAgain() throws IOException {
    for (long seed = 1; seed <= INTERRUPTED; seed++) {
      var store = new Written(seed);
      SimDisk damaged = store.disk.afterPowerLoss();
      var random = new Random(seed);
      String done = damage(damaged, random, (int) seed % 8);
      done += seed > 8 ? " and " + damage(damaged, random, 4) : "";
      if (RepairRun.broken(damaged).isEmpty()) {
        continue;
      }
      Map<String, byte[]> before = files(damaged);
      List<Loss> losses = RepairRun.run(damaged.afterPowerLoss(), false, store.names).losses();
      boolean interrupted = true;
      for (long at = 0; interrupted; at++) {
        SimDisk disk = damaged.afterPowerLoss().losePowerAt(at);
        interrupted = isInterrupted(disk, store.names);
        SimDisk after = disk.afterPowerLoss();
        String when = "seed " + seed + ", " + done + ", interrupted at " + at;
        boolean asItWas = isCurrent(before, files(after));
        if (asItWas) {
          assertThat(files(after)).as(when).containsAllEntriesOf(before);
        }
        RepairReport again = RepairRun.run(after, false, store.names);
        if (asItWas) {
          assertThat(again.losses()).as(when).hasToString(losses.toString());
        }
        assertThat(RepairRun.broken(after)).as(when).isEmpty();
        store.check(after.afterPowerLoss(), losses, new Checks());
      }
    }
  }

  private static boolean isInterrupted(SimDisk disk, Map<Integer, String> names)
      throws IOException {
    try {
      RepairRun.run(disk, false, names);
      return false;
    } catch (SimDisk.PowerLoss e) {
      return true;
    }
  }

  private static boolean isCurrent(Map<String, byte[]> before, Map<String, byte[]> now) {
    return Arrays.equals(before.get("CURRENT"), now.get("CURRENT"));
  }

  private static Map<String, byte[]> files(SimDisk disk) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String name : disk.list()) {
      files.put(name, disk.bytes(name));
    }
    return files;
  }

  private static void damageAndRepair(long seed, Checks checks) throws IOException {
    var store = new Written(seed);
    SimDisk disk = store.disk.afterPowerLoss();
    var random = new Random(seed);
    List<String> done = new ArrayList<>();
    for (int left = 1 + random.nextInt(3); left > 0; left--) {
      done.add(damage(disk, random, random.nextInt(8)));
    }
    Map<String, byte[]> before = files(disk);
    RepairReport planned;
    try {
      planned = RepairRun.run(disk, true, store.names);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("another format"); // the flipped bit was in its number
      return;
    }
    for (Map.Entry<String, byte[]> file : before.entrySet()) {
      assertThat(disk.bytes(file.getKey())).isEqualTo(file.getValue());
    }
    List<SimDisk> quarantines = new ArrayList<>();
    RepairReport report = RepairRun.run(disk, quarantines, store.names);
    if (report.outcome() == RepairReport.Outcome.REPAIRED) {
      checks.repaired++;
      assertThat(planned.outcome()).isEqualTo(RepairReport.Outcome.PLANNED);
      assertThat(report.losses()).hasSizeGreaterThanOrEqualTo(planned.losses().size());
      assertThat(RepairRun.run(disk, false, store.names).outcome())
          .isEqualTo(RepairReport.Outcome.WHOLE);
      for (Map.Entry<String, byte[]> file : before.entrySet()) {
        SimDisk has = disk;
        for (SimDisk quarantine : quarantines) {
          has = has.list().contains(file.getKey()) ? has : quarantine;
        }
        if (!file.getKey().equals("CURRENT") && !file.getKey().endsWith(".tmp")) {
          assertThat(has.bytes(file.getKey())).as(file.getKey()).isEqualTo(file.getValue());
        }
      }
    }
    assertThat(report.notes()).containsAll(planned.notes());
    // Of a table that is gone together with the manifest nothing says that it was there, but that.
    boolean any =
        done.stream().anyMatch(one -> one.matches("delete .*sst.*"))
            && report.notes().stream().anyMatch(note -> note.startsWith("no manifest"));
    List<Loss> losses = new ArrayList<>(any ? ANY : report.losses());
    if (!report.notes().isEmpty()) {
      losses.addAll(store.takenForLive(before));
    }
    try {
      store.check(disk.afterPowerLoss(), losses, checks);
    } catch (IOException | RuntimeException | AssertionError e) {
      throw new AssertionError("after " + done + " and " + report.steps(), e);
    }
  }

  private static String damage(SimDisk disk, Random random, int kind) throws IOException {
    String name =
        switch (kind) {
          case 5 -> "CURRENT";
          case 4 -> any(disk, random, ".log");
          case 6, 7 -> any(disk, random, "manifest-");
          default -> any(disk, random, ".sst");
        };
    if (!disk.list().contains(name)) {
      return "nothing";
    }
    int at = 0;
    switch (kind) {
      case 0, 1, 4, 6 -> at = flip(disk, random, name);
      case 3 -> at = cut(disk, random, name);
      default -> disk.delete(name);
    }
    disk.sync();
    return List.of("flip", "flip", "delete", "cut", "flip", "delete", "flip", "delete").get(kind)
        + " "
        + name
        + " at "
        + at;
  }

  private static String any(SimDisk disk, Random random, String part) throws IOException {
    List<String> names = disk.list().stream().filter(name -> name.contains(part)).toList();
    return names.isEmpty() ? "" : names.get(random.nextInt(names.size()));
  }

  /** Somewhere in what is not zero. */
  private static int flip(SimDisk disk, Random random, String name) {
    byte[] bytes = disk.bytes(name);
    int end = bytes.length;
    while (end > 1 && bytes[end - 1] == 0) {
      end--;
    }
    int at = random.nextInt(end);
    // The first page of a segment is a header and zeros; its format version is not tried.
    int place = name.endsWith(".log") && at < 4096 ? 16 + at % 16 : at;
    disk.corrupt(name, place);
    return place;
  }

  private static int cut(SimDisk disk, Random random, String name) throws IOException {
    int size = random.nextInt(disk.bytes(name).length);
    try (DiskFile file = disk.open(name)) {
      file.truncate(size);
      file.force();
    }
    return size;
  }

  /** What was looked at. */
  private static final class Checks {
    private int exact;
    private int named;
    private int repaired;

    @Override
    public String toString() {
      return repaired + ", records " + exact + " exact, " + named + " named as lost";
    }
  }

  /** A store that was closed, and what it held at each moment. */
  private static final class Written {
    private final SimDisk disk;
    private final Model model = new Model();
    private final Map<Integer, String> names = new TreeMap<>();
    private final List<List<NavigableMap<byte[], byte[]>>> history = new ArrayList<>();

    Written(long seed) throws IOException {
      var random = new Random(seed * 0x9e3779b97f4a7c15L);
      var written = new SimDisk(seed, 1L << 30);
      List<Snapshot> snapshots = new ArrayList<>();
      try (Engine engine = EngineRun.open(written, EngineRun.TINY)) {
        for (int step = 0; step < STEPS; step++) {
          switch (random.nextInt(12)) {
            case 0 -> engine.flush();
            case 1 -> EngineRun.settle(engine);
            case 2 -> engine.rotate();
            case 3 -> engine.prepare();
            case 4 -> snapshots.add(engine.snapshot());
            default -> {
              List<WriteBatch> group = new ArrayList<>();
              for (int left = 1 + random.nextInt(3); left > 0; left--) {
                group.add(model.next(random, engine, KEYS, step == STEPS / 2 ? 20_000 : 400));
              }
              assertThat(EngineRun.write(engine, group, Durability.SYNC))
                  .allMatch(done -> done.isDone() && !done.isCompletedExceptionally());
            }
          }
        }
        snapshots.forEach(Snapshot::close);
        for (String name : List.of("a", "b", "c", "count")) {
          names.put(engine.index(name).id(), name);
        }
      }
      disk = written.afterPowerLoss(); // all that is looked at later has the same files
      for (int n = 0; n <= model.size(); n++) {
        history.add(model.after(n));
      }
    }

    /**
     * What tables that a merge replaced, and that are still there, make doubtful when no manifest
     * says that they are not live: only those that share an entry with a table that is.
     */
    List<Loss> takenForLive(Map<String, byte[]> damaged) throws IOException {
      SimDisk whole = disk.afterPowerLoss();
      Version version = Manifest.load(whole).orElseThrow();
      Set<String> live = new HashSet<>();
      Set<String> versions = new HashSet<>();
      for (TableMeta table : version.all()) {
        String name = TableFormat.fileName(table.number());
        live.add(name);
        if (Arrays.equals(whole.bytes(name), damaged.get(name))) {
          scan(whole, table.number(), versions);
        }
      }
      List<Loss> doubtful = new ArrayList<>();
      for (String name : whole.list()) {
        Optional<Long> number = TableFormat.number(name);
        if (number.isPresent() && !live.contains(name)) {
          Set<String> had = new HashSet<>();
          TableMeta table = scan(whole, number.get(), had).orElseThrow();
          if (Collections.disjoint(had, versions)) {
            doubtful.add(
                new Loss(
                    name,
                    0,
                    table.index(),
                    names.getOrDefault(table.index(), ""),
                    Optional.of(table.smallest()),
                    Optional.of(table.largest()),
                    0,
                    0,
                    "taken for live"));
          }
        }
      }
      return doubtful;
    }

    private static Optional<TableMeta> scan(SimDisk disk, long number, Set<String> versions)
        throws IOException {
      Set<String> found = new HashSet<>();
      Optional<TableMeta> meta =
          TableScan.scan(
              disk,
              number,
              new TableScan.Visitor() {
                @Override
                public void entry(
                    byte[] key,
                    int keyLength,
                    long sequence,
                    byte kind,
                    MemorySegment value,
                    long valueOffset,
                    int valueLength) {
                  found.add(Arrays.toString(Arrays.copyOf(key, keyLength)) + sequence);
                }

                @Override
                public void range(RangeTombstone range) {}

                @Override
                public void broken(long offset, String what) {}

                @Override
                public void lost(byte[] after, byte[] through) {}
              });
      meta.ifPresent(table -> found.forEach(one -> versions.add(table.index() + " " + one)));
      return meta;
    }

    void check(SimDisk repaired, List<Loss> losses, Checks checks) throws IOException {
      try (Engine engine = EngineRun.open(repaired, EngineRun.TINY)) {
        for (int i = 0; i < Model.NAMES.size(); i++) {
          String name = Model.NAMES.get(i);
          for (int n = 0; n < KEYS; n++) {
            byte[] key = Model.key(n);
            Optional<byte[]> value = engine.get(engine.index(name), key, -1);
            if (isNamed(losses, name, i, key)) {
              checks.named++;
              if (i < Model.NAMES.size() - 1) { // a counter may be any sum
                assertThat(everHad(i, key, value)).as("%s %s was written once", name, n).isTrue();
              }
            } else {
              checks.exact++;
              assertThat(value.map(Arrays::toString))
                  .as("%s key %s (%s), losses %s", name, n, Arrays.toString(key), losses)
                  .isEqualTo(
                      Optional.ofNullable(history.getLast().get(i).get(key)).map(Arrays::toString));
            }
          }
        }
        WriteBatch more = new WriteBatch().put(engine.index("a"), Model.key(1), new byte[] {9});
        EngineRun.write(engine, List.of(more), Durability.SYNC);
        assertThat(engine.get(engine.index("a"), Model.key(1), -1)).hasValue(new byte[] {9});
      }
    }

    private boolean everHad(int index, byte[] key, Optional<byte[]> value) {
      Set<String> had = new HashSet<>();
      for (List<NavigableMap<byte[], byte[]>> then : history) {
        had.add(Arrays.toString(then.get(index).get(key)));
      }
      return had.contains(Arrays.toString(value.orElse(null)));
    }

    private boolean isNamed(List<Loss> losses, String name, int index, byte[] key) {
      for (Loss loss : losses) {
        boolean here =
            (loss.index() < 0 || loss.indexName().equals(name))
                && loss.from().map(from -> Arrays.compareUnsigned(from, key) <= 0).orElse(true)
                && loss.through()
                    .map(through -> Arrays.compareUnsigned(key, through) <= 0)
                    .orElse(true);
        if (here && (loss.index() >= 0 || changed(loss, index, key))) {
          return true;
        }
      }
      return false;
    }

    /** Whether a batch of lost sequence numbers changed a key. */
    private boolean changed(Loss loss, int index, byte[] key) {
      if (loss.lastSequence() == 0) {
        return true;
      }
      for (long n = Math.max(1, loss.firstSequence());
          n <= Math.min(loss.lastSequence(), history.size() - 1);
          n++) {
        if (!Arrays.equals(
            history.get((int) n).get(index).get(key),
            history.get((int) n - 1).get(index).get(key))) {
          return true;
        }
      }
      return false;
    }
  }
}
