package io.troupe.node.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A real {@code troupe} process of the classes under test, with its output at hand. Close ends it.
 */
final class TroupeProcess implements AutoCloseable {
  private static final long READY_SECONDS = 60;
  private static final long STOP_SECONDS = 30;

  private final Process process;
  private final List<String> output = new ArrayList<>();
  private final CompletableFuture<String> ready = new CompletableFuture<>();

  private TroupeProcess(Process process, String readyMark) {
    this.process = process;
    Thread.ofPlatform().daemon().name("output-of-" + process.pid()).start(() -> collect(readyMark));
  }

  /**
   * Starts {@code troupe ARGS} and returns once a line with the mark was printed.
   *
   * @throws AssertionError with all output, if the process ends first or the mark is not seen in
   *     time
   */
  static TroupeProcess start(String readyMark, List<String> args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(System.getProperty("troupe.test.jvm").strip().split("\\s+")));
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.troupe.node.Main"));
    command.addAll(args);
    TroupeProcess p =
        new TroupeProcess(new ProcessBuilder(command).redirectErrorStream(true).start(), readyMark);
    try {
      p.ready.get(READY_SECONDS, TimeUnit.SECONDS);
      return p;
    } catch (ExecutionException | TimeoutException e) {
      p.close();
      throw new AssertionError(
          "not ready: troupe " + String.join(" ", args) + "\n" + p.output(), e);
    } catch (InterruptedException e) {
      p.close();
      throw new AssertionError(e);
    }
  }

  private void collect(String readyMark) {
    try (BufferedReader r = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = r.readLine(); line != null; line = r.readLine()) {
        synchronized (output) {
          output.add(line);
        }
        if (line.contains(readyMark)) {
          ready.complete(line);
        }
      }
      ready.completeExceptionally(new IOException("process ended"));
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
  }

  /** The line that said that it is ready. */
  String readyLine() {
    return ready.join();
  }

  String output() {
    synchronized (output) {
      return String.join("\n", output);
    }
  }

  /** {@code kill -9}. */
  void kill() {
    process.destroyForcibly();
    await();
  }

  /** SIGTERM; returns the exit status. */
  int terminate() {
    process.destroy();
    await();
    return process.exitValue();
  }

  private void await() {
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("did not end within " + STOP_SECONDS + " s\n" + output());
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      process.destroyForcibly();
      process.onExit().orTimeout(STOP_SECONDS, TimeUnit.SECONDS).join();
    }
  }

  /** Detaches whatever is still mounted there. */
  static void detach(Path mount) {
    try {
      if (Files.readString(Path.of("/proc/self/mounts")).contains(" " + mount + " ")) {
        Shell.run(Path.of("/"), "umount -l '" + mount + "'");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
