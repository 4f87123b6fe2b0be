package io.troupe.bench.engines;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Starts {@link Child}ren, all with the same flags, and reads what they tell.
 *
 * @param jvmOptions further ones, such as a profiler's
 * @param limitSeconds what takes longer is ended
 */
record Launcher(List<String> jvmOptions, long limitSeconds) {
  /** The node's, and what LMDB's binding wants to look into. */
  private static final List<String> FLAGS =
      List.of(
          "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "--enable-native-access=ALL-UNNAMED",
          "-XX:+UseSerialGC",
          "-Xmx2g");

  /** A child that did not come to its end. */
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    private Failed(String message) {
      super(message);
    }
  }

  private Process start(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Child.class.getName());
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** What the work came to. */
  List<Figures.Line> run(WorkKind work, Setup setup) throws Exception {
    if (work == WorkKind.OPEN) {
      fillAndKill(setup);
    }
    List<Figures.Line> lines = new ArrayList<>();
    Process process = start(Child.arguments(work.label(), setup));
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      CompletableFuture<Void> late = endLater(process);
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        Figures.parse(line).ifPresent(lines::add);
      }
      late.cancel(false);
    }
    int code = process.waitFor();
    if (code != 0) {
      throw new Failed(setup.engine().label() + ", " + work.label() + ": exit code " + code);
    }
    return lines;
  }

  private void fillAndKill(Setup setup) throws Exception {
    Process process = start(Child.fillArguments(setup));
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      CompletableFuture<Void> late = endLater(process);
      String line = output.readLine();
      while (line != null && !Figures.isReady(line)) {
        line = output.readLine();
      }
      late.cancel(false);
      process.destroyForcibly().waitFor();
      if (line == null) {
        throw new Failed(setup.engine().label() + ": could not be filled");
      }
    }
  }

  private CompletableFuture<Void> endLater(Process process) {
    return CompletableFuture.runAsync(
        process::destroyForcibly,
        CompletableFuture.delayedExecutor(limitSeconds, TimeUnit.SECONDS));
  }
}
