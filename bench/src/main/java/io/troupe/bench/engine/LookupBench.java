package io.troupe.bench.engine;

import io.troupe.bench.report.Contest;
import io.troupe.bench.report.DirectoryOption;
import io.troupe.bench.report.RunOptions;
import io.troupe.bench.report.Scratch;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench lookup}: what levels, blocks and versions cost a reader who finds them in memory.
 */
@Command(
    name = "lookup",
    description = "The LSM engine's reads, all blocks cached, beside a map in memory.",
    mixinStandardHelpOptions = true)
public final class LookupBench implements Callable<Integer> {
  @Mixin private RunOptions options = new RunOptions();
  @Mixin private DirectoryOption directory = new DirectoryOption();

  @Option(
      names = "--records",
      paramLabel = "N",
      description = "records of 272 bytes (default: ${DEFAULT-VALUE})")
  private int records = 400_000;

  @Override
  public Integer call() throws Exception {
    Duration limit = options.limit(1);
    try (Scratch scratch = directory.scratch();
        EngineReads engine = EngineReads.load(scratch.resolve("engine"), records)) {
      MapReads map = MapReads.load(records);
      LookupWork inMap = new LookupWork(map, records, limit);
      LookupWork inEngine = new LookupWork(engine, records, limit);
      Contest contest = new Contest("lookup", "map", "engine");
      contest.add("get, random", inMap::gets, inEngine::gets);
      contest.add("scan", inMap::scan, inEngine::scan);
      options.run(contest, true);
    }
    return 0;
  }
}
