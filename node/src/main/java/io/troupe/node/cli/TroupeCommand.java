package io.troupe.node.cli;

import io.troupe.actors.errors.FsException;
import io.troupe.node.config.ConfigurationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParseResult;

/**
 * {@code troupe}: all verbs. Exit codes: 0 success, 1 the thing could not be done (one line on
 * standard error says why), 2 wrong usage.
 */
@Command(
    name = "troupe",
    description = "A POSIX file system and object store made of actors.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommandsRepeatable = false,
    footer = {"", "Newcomers: troupe up --mount DIR"},
    subcommands = {
      UpCommand.class,
      NodeCommand.class,
      MakeVolumeCommand.class,
      ListVolumesCommand.class,
      RemoveVolumeCommand.class,
      MountCommand.class,
      UnmountCommand.class,
      InfoCommand.class,
      StatusCommand.class,
      DoctorCommand.class,
      LsmCommand.class,
      AutoComplete.GenerateCompletion.class,
      CommandLine.HelpCommand.class
    })
public final class TroupeCommand implements Runnable {
  @Mixin private final CommonOptions common = new CommonOptions();

  private TroupeCommand() {}

  /** The shared options, for a verb; picocli has set its parent by then. */
  static CommonOptions of(@Nullable TroupeCommand parent) {
    return Objects.requireNonNull(parent).common;
  }

  /** Parses and carries out; the exit code is returned. */
  public static int run(String... args) {
    CommandLine line = new CommandLine(new TroupeCommand());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(TroupeCommand::explain);
    return line.execute(args);
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }

  /** Expected failures get one line; anything else is a defect and keeps its stack trace. */
  private static int explain(Exception failure, CommandLine line, ParseResult parsed)
      throws Exception {
    PrintWriter err = line.getErr();
    switch (failure) {
      case CommandFailure f -> err.println("troupe: " + f.getMessage());
      case ConfigurationException f -> err.println("troupe: " + f.getMessage());
      case FsException f -> err.println("troupe: " + f.getMessage());
      case IOException f -> err.println("troupe: " + describe(f));
      default -> throw failure;
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static String describe(IOException e) {
    String kind = e.getClass().getSimpleName();
    return kind.equals("IOException")
        ? String.valueOf(e.getMessage())
        : kind + ": " + e.getMessage();
  }
}
