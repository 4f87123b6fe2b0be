package io.troupe.bench.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One {@code troupe node} process, started again and again over the same data. Its log is a file.
 */
final class Node implements AutoCloseable {
  private static final long START_SECONDS = 90;
  private static final long STOP_SECONDS = 60;

  private final String name;
  private final Path log;
  private final List<String> command;
  private @Nullable Process process;
  private long began; // where in the log this process begins

  /**
   * Not started yet.
   *
   * @param arguments of {@code troupe}
   */
  Node(String name, Path directory, List<String> jvm, List<String> arguments) {
    this.name = name;
    this.log = directory.resolve(name + ".log");
    List<String> all = new ArrayList<>();
    all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    all.addAll(jvm);
    all.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.troupe.node.Main"));
    all.addAll(arguments);
    this.command = List.copyOf(all);
  }

  String name() {
    return name;
  }

  /** Starts the process and does not wait for it. */
  void launch() throws IOException {
    began = Files.exists(log) ? Files.size(log) : 0;
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
  }

  /**
   * Waits until the node says that it runs.
   *
   * @throws IllegalStateException if it ends before, or takes too long
   */
  void awaitRunning() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!tail().contains("is running")) {
      if (!isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException(name + " did not start, see " + log);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /** Waits until a command has succeeded. */
  void awaitEnd() throws InterruptedException {
    Process p = process;
    if (p == null || !p.waitFor(START_SECONDS, TimeUnit.SECONDS) || p.exitValue() != 0) {
      throw new IllegalStateException(name + " failed, see " + log);
    }
  }

  private String tail() throws IOException {
    byte[] all = Files.readAllBytes(log);
    int from = (int) Math.min(began, all.length);
    return new String(all, from, all.length - from, StandardCharsets.UTF_8);
  }

  boolean isAlive() {
    Process p = process;
    return p != null && p.isAlive();
  }

  /** {@code kill -9}. */
  void kill() throws InterruptedException {
    Process p = process;
    if (p != null) {
      p.destroyForcibly().waitFor();
    }
  }

  /** SIGTERM, and waits for its end. */
  void terminate() throws InterruptedException {
    Process p = process;
    if (p != null) {
      p.destroy();
      if (!p.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(name + " did not stop, see " + log);
      }
    }
  }

  /** SIGSTOP, or SIGCONT. */
  void pause(boolean paused) throws IOException, InterruptedException {
    Process p = process;
    if (p != null && p.isAlive()) {
      new ProcessBuilder("kill", paused ? "-STOP" : "-CONT", Long.toString(p.pid()))
          .inheritIO()
          .start()
          .waitFor();
    }
  }

  @Override
  public void close() {
    Process p = process;
    if (p != null) {
      p.destroyForcibly();
    }
  }
}
