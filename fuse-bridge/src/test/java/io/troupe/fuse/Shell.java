package io.troupe.fuse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs tools as users do, bounded in time. */
final class Shell {
  private static final long SECONDS = 20;

  /** How it ended: its exit code, and what it printed, errors included, without blanks around. */
  record Outcome(int exitCode, String output) {}

  private Shell() {}

  /** The output of a command that must succeed. */
  static String run(Path directory, String command) {
    Outcome o = outcome(directory, command);
    if (o.exitCode() != 0) {
      throw new AssertionError(command + " ended with " + o.exitCode() + ": " + o.output());
    }
    return o.output();
  }

  static Outcome outcome(Path directory, String command) {
    try {
      Path output = Files.createTempFile("troupe-shell", ".out");
      try {
        // Into a file: a tool that hangs in the mount must not hold up who reads its output.
        Process p =
            new ProcessBuilder("sh", "-c", "cd \"$0\" && " + command, directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!p.waitFor(SECONDS, TimeUnit.SECONDS)) {
          p.destroyForcibly();
          throw new AssertionError(command + " did not end within " + SECONDS + " s");
        }
        return new Outcome(p.exitValue(), Files.readString(output, StandardCharsets.UTF_8).strip());
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
