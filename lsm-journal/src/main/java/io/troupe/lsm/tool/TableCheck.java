package io.troupe.lsm.tool;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.range.RangeTombstone;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.table.TableScan;
import io.troupe.lsm.version.TableMeta;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads a table and compares it with what the manifest says of it. */
final class TableCheck implements TableScan.Visitor {

  private final String name;
  private final Consumer<Finding> found;
  private boolean broken;

  private TableCheck(String name, Consumer<Finding> found) {
    this.name = name;
    this.found = found;
  }

  static void run(Disk disk, TableMeta said, Consumer<Finding> found) throws IOException {
    run(disk, said.number(), Optional.of(said), found);
  }

  /** As far as it can be checked without a manifest. */
  static void run(Disk disk, long number, Consumer<Finding> found) throws IOException {
    run(disk, number, Optional.empty(), found);
  }

  private static void run(Disk disk, long number, Optional<TableMeta> said, Consumer<Finding> found)
      throws IOException {
    var check = new TableCheck(TableFormat.fileName(number), found);
    try {
      Optional<TableMeta> read = TableScan.scan(disk, number, check);
      if (check.broken) {
        return;
      }
      if (read.isEmpty()) {
        check.broken(0, "the table is empty");
      } else if (said.isPresent()) {
        check.compare(said.get(), read.get());
      }
    } catch (IndexOutOfBoundsException | BufferUnderflowException e) {
      check.broken(0, "its sections verify and make no sense: " + e);
    }
  }

  private void compare(TableMeta said, TableMeta read) {
    same("index", said.index(), read.index());
    same("size", said.bytes(), read.bytes());
    same("number of entries", said.entries(), read.entries());
    same("number of deletes", said.tombstones(), read.tombstones());
    same("number of deletes of ranges", said.ranges(), read.ranges());
    same("lowest sequence number", said.lowestSequence(), read.lowestSequence());
    same("highest sequence number", said.highestSequence(), read.highestSequence());
    if (!Arrays.equals(said.smallest(), read.smallest())) {
      broken(0, "its smallest key is not the one in the manifest");
    }
    if (!Arrays.equals(said.largest(), read.largest()) || said.openEnd() != read.openEnd()) {
      broken(0, "its largest key is not the one in the manifest");
    }
  }

  private void same(String what, long said, long read) {
    if (said != read) {
      broken(0, "its " + what + " is " + read + ", the manifest says " + said);
    }
  }

  @Override
  public void range(RangeTombstone range) {
    if (Arrays.compareUnsigned(range.from(), range.to()) >= 0) {
      broken(0, "it deletes a range that is empty");
    }
  }

  @Override
  public void broken(long offset, String what) {
    broken = true;
    found.accept(new Finding(true, name, offset, what));
  }
}
