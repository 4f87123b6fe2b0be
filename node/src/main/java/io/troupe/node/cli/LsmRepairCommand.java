package io.troupe.node.cli;

import io.troupe.lsm.tool.Repair;
import io.troupe.lsm.tool.RepairReport;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code troupe lsm repair DIR}. */
@Command(
    name = "repair",
    description =
        "Make a broken store open again, with everything that can be proven good, and tell what is"
            + " lost. What is replaced goes to DIR/quarantine-N; nothing is deleted.",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:the store is whole: nothing to do",
      "1:repaired (with --dry-run: it would be)",
      "2:not repaired, for the reason that is told"
    },
    mixinStandardHelpOptions = true)
final class LsmRepairCommand implements Callable<Integer> {
  @Mixin private LsmCommand.Directory directory = new LsmCommand.Directory();

  @Option(names = "--dry-run", description = "tell what would be done, and change nothing")
  private boolean dryRun;

  @Option(
      names = "--name",
      paramLabel = "ID=NAME",
      description = "the name of an index of which only the id is known any more")
  private Map<Integer, String> names = new LinkedHashMap<>();

  @Override
  public Integer call() {
    RepairReport report;
    try {
      report = Repair.run(directory.path, dryRun, names);
    } catch (IOException e) {
      System.err.println("troupe: " + directory.path + " is not repaired: " + e.getMessage());
      return 2;
    }
    report.losses().forEach(System.out::println);
    report.notes().forEach(note -> System.out.println("NOTE    " + note));
    report.steps().forEach(step -> System.out.println((dryRun ? "would   " : "did     ") + step));
    System.out.println(
        directory.path
            + switch (report.outcome()) {
              case WHOLE -> " is whole";
              case PLANNED -> " would be repaired; losses: " + report.losses().size();
              case REPAIRED -> " is repaired; losses: " + report.losses().size();
            });
    return report.outcome() == RepairReport.Outcome.WHOLE ? 0 : 1;
  }
}
