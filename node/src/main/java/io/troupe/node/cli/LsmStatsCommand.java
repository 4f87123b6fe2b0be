package io.troupe.node.cli;

import io.troupe.lsm.tool.Stats;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code troupe lsm stats DIR}. */
@Command(
    name = "stats",
    description = "Count tables, bytes and entries of each level of a store.",
    mixinStandardHelpOptions = true)
final class LsmStatsCommand implements Callable<Integer> {
  @Mixin private LsmCommand.Directory directory = new LsmCommand.Directory();

  @Override
  public Integer call() throws IOException {
    Stats stats = Stats.of(directory.path);
    System.out.printf(
        "%-20s %5s %7s %12s %12s %10s %7s%n",
        "index", "level", "tables", "bytes", "entries", "deletes", "ranges");
    for (Stats.Level level : stats.levels()) {
      System.out.printf(
          "%-20s %5d %7d %12d %12d %10d %7d%n",
          level.index(),
          level.level(),
          level.tables(),
          level.bytes(),
          level.entries(),
          level.deletes(),
          level.ranges());
    }
    System.out.println("log segments      " + stats.segments());
    System.out.println("flushed sequence  " + stats.flushedSequence());
    System.out.println("last sequence     " + stats.lastSequence());
    return 0;
  }
}
