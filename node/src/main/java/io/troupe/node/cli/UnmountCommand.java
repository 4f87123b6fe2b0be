package io.troupe.node.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code troupe umount DIR}. */
@Command(
    name = "umount",
    description = "Unmount a mounted volume; the process that serves it goes on or ends by itself.",
    mixinStandardHelpOptions = true)
final class UnmountCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "where the volume is mounted")
  private Path directory = Path.of("");

  @Override
  public Integer call() throws IOException, InterruptedException {
    MountTable.Mount mount =
        MountTable.read()
            .at(directory.toAbsolutePath().normalize())
            .orElseThrow(() -> new CommandFailure("no Troupe volume is mounted on " + directory));
    // As root umount(8) does it; others need the set-user-id helper of libfuse.
    String[] command =
        "root".equals(System.getProperty("user.name"))
            ? new String[] {"umount", mount.directory().toString()}
            : new String[] {"fusermount3", "-u", mount.directory().toString()};
    Process p = new ProcessBuilder(command).inheritIO().start();
    if (!p.waitFor(30, TimeUnit.SECONDS)) {
      p.destroyForcibly();
      throw new CommandFailure(command[0] + " of " + directory + " took longer than 30 s");
    }
    return p.exitValue() == 0 ? 0 : 1;
  }
}
