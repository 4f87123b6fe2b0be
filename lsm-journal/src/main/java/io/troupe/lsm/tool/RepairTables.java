package io.troupe.lsm.tool;

import io.troupe.lsm.StoreOptions;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.table.TableWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Begins tables with numbers that no file has had. */
final class RepairTables {

  static final StoreOptions OPTIONS = StoreOptions.defaults();

  private final Disk disk;
  private final List<Long> begun = new ArrayList<>();
  private long next;

  RepairTables(Disk disk, long first) {
    this.disk = disk;
    this.next = first;
  }

  TableWriter begin(int index, int level) throws IOException {
    long number = take();
    begun.add(number);
    return new TableWriter(disk, number, index, OPTIONS.blockBytes(), OPTIONS.compression(level));
  }

  long take() {
    return next++;
  }

  /** Deletes what was written so far: nothing names it. */
  void abandon() throws IOException {
    for (long number : begun) {
      disk.delete(TableFormat.fileName(number));
    }
  }
}
