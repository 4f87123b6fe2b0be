package io.troupe.node.cli;

import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code troupe lsm}: looks after the directory of a store that no process has open. */
@Command(
    name = "lsm",
    description = "Verify, repair, show or count what a store of the LSM engine has on disk.",
    mixinStandardHelpOptions = true,
    subcommands = {
      LsmVerifyCommand.class,
      LsmRepairCommand.class,
      LsmDumpCommand.class,
      LsmStatsCommand.class
    })
final class LsmCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** The directory that each of the verbs takes. */
  static final class Directory {
    @Parameters(
        paramLabel = "DIR",
        description = "the directory of the store; no process may have it open")
    Path path = Path.of("");
  }

  @Override
  public void run() {
    CommandLine.usage(spec, System.out);
  }
}
