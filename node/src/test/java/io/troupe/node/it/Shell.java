package io.troupe.node.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs what a person would type, with a bound. */
final class Shell {
  private static final long LIMIT_SECONDS = 120;

  /** Exit status and everything printed. */
  record Outcome(int status, String output) {}

  private Shell() {}

  /** Runs a shell command line in the directory. */
  static Outcome attempt(Path directory, String commandLine) {
    try {
      Path output = Files.createTempFile("shell", ".out");
      try {
        Process p =
            new ProcessBuilder("/bin/sh", "-c", commandLine)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = p.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
          p.destroyForcibly();
        }
        String text = Files.readString(output, StandardCharsets.ISO_8859_1);
        if (!ended) {
          throw new AssertionError("over " + LIMIT_SECONDS + " s: " + commandLine + "\n" + text);
        }
        return new Outcome(p.exitValue(), text);
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Runs a command line that has to succeed, and returns what it printed. */
  static String run(Path directory, String commandLine) {
    Outcome o = attempt(directory, commandLine);
    if (o.status() != 0) {
      throw new AssertionError("status " + o.status() + ": " + commandLine + "\n" + o.output());
    }
    return o.output();
  }
}
