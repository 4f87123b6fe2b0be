package io.troupe.bench.mount;

import io.troupe.bench.report.Contest;
import io.troupe.bench.report.RunOptions;
import io.troupe.bench.report.Scratch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench mount}: what applications see. */
@Command(
    name = "mount",
    description =
        "System calls in a directory, such as a mount of Troupe, beside another, such as one of a local disk."
            + " As root the caches are dropped before what is called cold.",
    mixinStandardHelpOptions = true)
public final class MountBench implements Callable<Integer> {
  @Mixin private RunOptions options = new RunOptions();

  @Option(names = "--ours", paramLabel = "DIR", required = true, description = "what is measured")
  private Path ours = Path.of("");

  @Option(
      names = "--peer",
      paramLabel = "DIR",
      required = true,
      description = "what it is compared with")
  private Path peer = Path.of("");

  @Option(
      names = "--size",
      paramLabel = "MIB",
      description = "of the file that is written and read (default: ${DEFAULT-VALUE})")
  private int mebibytes = 1024;

  @Option(
      names = "--files",
      paramLabel = "N",
      description = "files that are made in one directory (default: ${DEFAULT-VALUE})")
  private int files = 1000;

  @Option(
      names = "--tree",
      paramLabel = "N",
      description =
          "small files of the tree, as far as the time allows (default: ${DEFAULT-VALUE})")
  private int tree = 5000;

  @Option(names = "--warm", description = "leave the machine's caches alone, even as root")
  private boolean warm;

  @Override
  public Integer call() throws Exception {
    Duration limit = options.limit(1);
    try (Scratch a = Scratch.in(peer);
        Scratch b = Scratch.in(ours)) {
      Caches caches = Caches.of(warm);
      BigFile theirs = new BigFile(a.resolve("big"), mebibytes, caches);
      BigFile mine = new BigFile(b.resolve("big"), mebibytes, caches);
      Contest contest = new Contest("mount", "peer", "ours");
      String cold = caches.label();
      contest.add("write, 1 MiB calls, fsync", theirs::write, mine::write);
      contest.add("read, 1 MiB calls, " + cold, theirs::read, mine::read);
      contest.add(
          "4 KiB write + fsync", () -> theirs.smallWrites(limit), () -> mine.smallWrites(limit));
      for (int threads : new int[] {1, 4}) {
        ManyFiles there =
            new ManyFiles(a.resolve("many-" + threads), threads, files, limit, caches);
        ManyFiles here = new ManyFiles(b.resolve("many-" + threads), threads, files, limit, caches);
        String suffix = threads == 1 ? ", 1 thread" : ", " + threads + " threads";
        contest.add("create" + suffix, there::create, here::create);
        contest.add("stat, " + cold + suffix, there::stat, here::stat);
        contest.add("unlink" + suffix, there::unlink, here::unlink);
      }
      SmallTree untarThere = new SmallTree(a.resolve("tree"), tree, limit);
      SmallTree untarHere = new SmallTree(b.resolve("tree"), tree, limit);
      contest.add("tree of small files", untarThere::unpack, untarHere::unpack);
      options.run(contest, false);
    }
    return 0;
  }
}
