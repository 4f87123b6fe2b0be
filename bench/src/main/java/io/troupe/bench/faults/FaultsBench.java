package io.troupe.bench.faults;

import io.troupe.bench.report.Scratch;
import io.troupe.bench.report.WrongResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bench faults}: whether anything is lost, or done twice, and how long applications wait.
 */
@Command(
    name = "faults",
    description =
        "Lets bad things happen to the MRCs of a cluster of real processes while applications work in two"
            + " mounts. Exit code 1 when a call failed, or something was lost or done twice. Needs root.",
    mixinStandardHelpOptions = true)
public final class FaultsBench implements Callable<Integer> {
  private static final long LONGEST_CALL = 150;

  @Option(
      names = "--rounds",
      description = "faults, one after the other (default: ${DEFAULT-VALUE})")
  private int rounds = 100;

  @Option(names = "--seed", description = "of the choice of faults (default: drawn)")
  private long seed = System.nanoTime();

  @Option(
      names = "--kinds",
      split = ",",
      description = "of faults: ${COMPLETION-CANDIDATES} (default: all)")
  private List<Fault> kinds = List.of(Fault.values());

  @Option(names = "--between", description = "seconds between faults (default: ${DEFAULT-VALUE})")
  private int between = 5;

  @Option(
      names = "--replicas",
      description = "MRCs, and of the DIR if it is 3 or more (default: ${DEFAULT-VALUE})")
  private int replicas = 3;

  @Option(names = "--dir", description = "a directory on the disk to use (default: here)")
  private Path dir = Path.of("");

  @Override
  public Integer call() throws Exception {
    Random random = new Random(seed);
    System.out.printf("seed %d%n", seed);
    Path place = Files.createTempDirectory(dir.toAbsolutePath(), "troupe-faults-");
    boolean whole = false;
    try (Cluster cluster = Cluster.start(place, replicas)) {
      List<Application> applications = new ArrayList<>();
      for (int i = 0; i < cluster.mounts().size(); i++) {
        applications.add(new Application(cluster.workplace(i, i), random.nextLong()));
      }
      applications.forEach(Application::start);
      for (int round = 1; round <= rounds; round++) {
        TimeUnit.SECONDS.sleep(between);
        round(round, cluster, applications, random);
      }
      for (Application a : applications) {
        a.stop(LONGEST_CALL);
      }
      verify(cluster, applications);
      whole = true;
    } catch (WrongResult e) {
      System.out.println("WRONG: " + e.getMessage());
    }
    if (!whole) {
      System.out.println("data and logs of the nodes are in " + place);
      return 1;
    }
    Scratch.delete(place);
    System.out.println("nothing lost, nothing done twice");
    return 0;
  }

  private void round(int round, Cluster cluster, List<Application> applications, Random random)
      throws Exception {
    Fault fault = kinds.get(random.nextInt(kinds.size()));
    applications.forEach(Application::longestSeconds);
    fault.happen(cluster.metadataNodes(), random);
    TimeUnit.SECONDS.sleep(between);
    double longest = 0;
    int calls = 0;
    for (Application a : applications) {
      if (a.hasFailed()) {
        a.stop(1);
      }
      longest = Math.max(longest, a.longestSeconds());
      calls += a.calls();
    }
    System.out.printf(
        "%3d %-5s longest call that ended %5.1f s, %d calls in all%n",
        round, fault.label(), longest, calls);
  }

  /** Through each mount, what each application has made. */
  private static void verify(Cluster cluster, List<Application> applications) throws Exception {
    for (int mount = 0; mount < applications.size(); mount++) {
      for (int i = 0; i < applications.size(); i++) {
        applications.get(i).verify(cluster.workplace(mount, i));
      }
    }
  }
}
