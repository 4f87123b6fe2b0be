package io.troupe.lsm.tool;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.range.RangeTombstone;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.table.TableSalvage;
import io.troupe.lsm.table.TableWriter;
import io.troupe.lsm.version.TableMeta;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What can be read of a table that does not verify: counted, and written into another one. */
final class TableRemains implements TableSalvage.Visitor {

  private static final String OLDER =
      "; older versions of these keys, if there are, can be seen again";

  static final String RANGES = "deletes of ranges; what they deleted can be seen again";

  private final long number;
  private final Optional<TableWriter> writer;
  private final List<Loss> losses = new ArrayList<>();
  private long entries;
  private long tombstones;
  private long ranges;
  private long lowest = Long.MAX_VALUE;
  private long highest;
  private byte[] smallest = new byte[0];
  private byte[] largest = new byte[0];
  private boolean openEnd;

  private TableRemains(long number, Optional<TableWriter> writer) {
    this.number = number;
    this.writer = writer;
  }

  /**
   * What was found.
   *
   * @param index none when the table does not say any more
   * @param meta of what is left; none when nothing is
   * @param losses without index and sequence numbers
   */
  record Found(OptionalInt index, Optional<TableMeta> meta, List<Loss> losses) {}

  /** Reads a table. */
  static Found look(Disk disk, long number) throws IOException {
    var remains = new TableRemains(number, Optional.empty());
    OptionalInt index = TableSalvage.read(disk, number, remains);
    return new Found(
        index,
        remains.entries + remains.ranges == 0
            ? Optional.empty()
            : Optional.of(remains.meta(index.orElse(0))),
        List.copyOf(remains.losses));
  }

  /** Writes what a table still has, which is something, into another one. */
  static TableMeta write(Disk disk, long number, TableWriter to) throws IOException {
    TableSalvage.read(disk, number, new TableRemains(number, Optional.of(to)));
    return to.finish();
  }

  private TableMeta meta(int index) {
    return new TableMeta(
        number, index, 0, entries, tombstones, ranges, lowest, highest, smallest, largest, openEnd);
  }

  @Override
  public void entry(
      byte[] key,
      int keyLength,
      long sequence,
      byte kind,
      MemorySegment value,
      long valueOffset,
      int valueLength)
      throws IOException {
    if (entries == 0) {
      smallest = Arrays.copyOf(key, keyLength);
    }
    largest = Arrays.copyOf(key, keyLength);
    entries++;
    tombstones += kind == Kind.DELETE ? 1 : 0;
    noteSequence(sequence);
    if (writer.isPresent()) {
      writer.get().add(key, keyLength, sequence, kind, value, valueOffset, valueLength);
    }
  }

  @Override
  public void range(RangeTombstone range) {
    if (entries + ranges == 0 || Arrays.compareUnsigned(range.from(), smallest) < 0) {
      smallest = range.from();
    }
    if (Arrays.compareUnsigned(range.to(), largest) > 0) {
      largest = range.to();
      openEnd = true;
    }
    ranges++;
    noteSequence(range.sequence());
    if (writer.isPresent()) {
      writer.get().addRange(range.from(), range.to(), range.sequence());
    }
  }

  @Override
  public void lost(long offset, Optional<byte[]> before, Optional<byte[]> behind) {
    losses.add(
        Loss.of(TableFormat.fileName(number), offset, "entries" + OLDER).keys(before, behind));
  }

  @Override
  public void rangesLost(long offset) {
    losses.add(Loss.of(TableFormat.fileName(number), offset, RANGES));
  }

  private void noteSequence(long sequence) {
    lowest = Math.min(lowest, sequence);
    highest = Math.max(highest, sequence);
  }
}
