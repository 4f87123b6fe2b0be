package io.troupe.bench.objects;

import io.troupe.bench.report.Contest;
import io.troupe.bench.report.DirectoryOption;
import io.troupe.bench.report.RunOptions;
import io.troupe.bench.report.Scratch;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench objects}: what copy on write, an index and checksums cost beside a plain file. */
@Command(
    name = "objects",
    description = "The OSD's object store beside a plain file in the same directory.",
    mixinStandardHelpOptions = true)
public final class ObjectsBench implements Callable<Integer> {
  @Mixin private RunOptions options = new RunOptions();
  @Mixin private DirectoryOption directory = new DirectoryOption();

  @Option(
      names = "--objects",
      paramLabel = "N",
      description = "objects of 1 MiB (default: ${DEFAULT-VALUE})")
  private int objects = 256;

  @Override
  public Integer call() throws Exception {
    Duration limit = options.limit(2);
    try (Scratch scratch = directory.scratch();
        PlainFile file = PlainFile.create(scratch.resolve("plain"));
        StoredObjects store = StoredObjects.open(scratch.resolve("store"))) {
      ContentWork plain = new ContentWork(file, objects, limit);
      ContentWork stored = new ContentWork(store, objects, limit);
      Contest contest = new Contest("objects", "plain file", "object store");
      contest.add("1 MiB writes, one sync", plain::writes, stored::writes);
      contest.add("4 KiB overwrite + sync", plain::overwrites, stored::overwrites);
      contest.add("1 MiB reads, cold", plain::coldReads, stored::coldReads);
      contest.add("1 MiB reads, warm", plain::warmReads, stored::warmReads);
      contest.add("4 KiB random reads, warm", plain::smallReads, stored::smallReads);
      options.run(contest, true);
    }
    return 0;
  }
}
