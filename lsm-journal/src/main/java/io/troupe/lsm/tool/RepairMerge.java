package io.troupe.lsm.tool;

import io.troupe.lsm.compaction.Deeper;
import io.troupe.lsm.compaction.VersionFilter;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.entry.CursorOver;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.MergeCursor;
import io.troupe.lsm.range.RangeTombstones;
import io.troupe.lsm.table.BlockCache;
import io.troupe.lsm.table.TableCache;
import io.troupe.lsm.table.TableWriter;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts tables of an index together, of which nothing says in which order they lie above each other:
 * by the sequence numbers of their versions, into sorted tables that do not overlap.
 */
final class RepairMerge implements AutoCloseable {

  private static final long[] NO_SNAPSHOTS = {};
  private static final long CACHE_BYTES = 8L << 20;

  private final TableCache cache;

  RepairMerge(Disk disk) {
    this.cache =
        new TableCache(disk, new BlockCache(CACHE_BYTES), RepairTables.OPTIONS.maxOpenTables());
  }

  /**
   * Which of some tables are not needed.
   *
   * @param rewritten the numbers that tables have now, by those that they had
   */
  Superseded.Found superseded(List<Long> before, Map<Long, Long> rewritten) throws IOException {
    return Superseded.find(
        new Superseded.Source() {
          @Override
          public EntryCursor open() throws IOException {
            return merged(now(before, rewritten), before);
          }

          @Override
          public long table(EntryCursor cursor) {
            return ((From) cursor.current()).table;
          }

          @Override
          public RangeTombstones ranges(Set<Long> without) throws IOException {
            List<Long> others =
                before.stream().filter(number -> !without.contains(number)).toList();
            return RepairMerge.this.ranges(now(others, rewritten));
          }
        });
  }

  /** The numbers that tables have now. */
  static List<Long> now(List<Long> before, Map<Long, Long> rewritten) {
    return before.stream().map(number -> rewritten.getOrDefault(number, number)).toList();
  }

  /** Writes tables for the last level. */
  List<TableMeta> write(List<Long> numbers, int index, RepairTables tables) throws IOException {
    List<TableMeta> written = new ArrayList<>();
    int level = Version.LEVELS - 1;
    TableWriter writer = null;
    try (var kept =
        new VersionFilter(
            new Distinct(merged(numbers, numbers)),
            NO_SNAPSHOTS,
            ranges(numbers),
            new Deeper(Version.empty(), index, -1, (table, key, length) -> false))) {
      while (kept.next()) {
        if (writer != null
            && writer.bytes() >= RepairTables.OPTIONS.tableBytes()
            && !writer.endsWith(kept.keyBuffer(), kept.keyLength())) {
          written.add(writer.finish());
          writer.close();
          writer = null;
        }
        if (writer == null) {
          writer = tables.begin(index, level);
        }
        writer.add(kept);
      }
      if (writer != null) {
        written.add(writer.finish());
      }
    } finally {
      if (writer != null) {
        writer.close();
      }
    }
    return written;
  }

  @Override
  public void close() throws IOException {
    cache.close();
  }

  private RangeTombstones ranges(List<Long> numbers) throws IOException {
    List<RangeTombstones> lists = new ArrayList<>();
    for (long number : numbers) {
      lists.add(cache.ranges(number));
    }
    return RangeTombstones.union(lists);
  }

  private EntryCursor merged(List<Long> numbers, List<Long> called) throws IOException {
    List<EntryCursor> sources = new ArrayList<>();
    for (int i = 0; i < numbers.size(); i++) {
      sources.add(new From(called.get(i), cache.ascending(numbers.get(i), new byte[0], false)));
    }
    return new MergeCursor(sources, false);
  }

  /** The entries of a table. */
  private static final class From extends CursorOver {
    private final long table;

    From(long table, EntryCursor source) {
      super(source);
      this.table = table;
    }
  }
}
