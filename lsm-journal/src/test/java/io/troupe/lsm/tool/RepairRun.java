package io.troupe.lsm.tool;

import io.troupe.lsm.disk.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Repairs a simulated disk. */
public final class RepairRun {

  private RepairRun() {}

  /** Repairs; what is replaced goes to other directories of the same machine. */
  public static RepairReport run(SimDisk disk, boolean dryRun, Map<Integer, String> names)
      throws IOException {
    return Repair.run(disk, dryRun, names, disk::directory);
  }

  /** As {@link #run}; fills a list with those directories. */
  public static RepairReport run(
      SimDisk disk, List<SimDisk> quarantines, Map<Integer, String> names) throws IOException {
    return Repair.run(
        disk,
        false,
        names,
        () -> {
          quarantines.add(disk.directory());
          return quarantines.getLast();
        });
  }

  /** What a verification finds broken. */
  public static List<Finding> broken(SimDisk disk) throws IOException {
    List<Finding> found = new ArrayList<>();
    Verify.run(disk, found::add);
    found.removeIf(finding -> !finding.broken());
    return found;
  }
}
