package io.troupe.actors.stream;

import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.errors.Errno;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server of object streams in a process of its own, which can be killed. */
final class ServerProcess implements AutoCloseable {
  /** Is never answered. */
  static final long SILENT_OBJECT = 14;

  static final StreamSettings SETTINGS =
      new StreamSettings(
          Path.of("/dev/shm"),
          6 << 20,
          64,
          4096,
          Duration.ofSeconds(20),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofSeconds(1),
          16);

  private final Process process;
  private final StreamEndpoint endpoint;

  private ServerProcess(Process process, StreamEndpoint endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /** In the process. */
  public static void main(String[] args) throws IOException {
    ObjectStreamServer server =
        ObjectStreamServer.start(
            SETTINGS,
            "127.0.0.1",
            (r, payload, responder) -> {
              payload.close();
              if (r.kind() == ObjectRequest.Kind.READ) {
                responder.failed(Errno.ENODATA, "nothing is stored here");
              } else if (r.object() != SILENT_OBJECT) {
                responder.ok(MemorySegment.NULL, 0x1234_5678_9abc_def0L);
              }
            });
    StreamEndpoint e = server.endpoint();
    System.out.println("endpoint " + e.hostId() + " " + e.driverDirectory() + " " + e.udp());
    // Ends with the one who started it.
    int end = System.in.read();
    assert end < 0;
    server.close();
  }

  static ServerProcess start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(a -> a.startsWith("--"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            ServerProcess.class.getName()));
    Process p = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    var out = p.inputReader(StandardCharsets.UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("endpoint ")) {
        String[] words = line.split(" ", -1);
        return new ServerProcess(p, new StreamEndpoint(words[1], words[2], words[3]));
      }
    }
    p.destroyForcibly();
    throw new IOException("the server did not start");
  }

  StreamEndpoint endpoint(boolean sameHost) {
    return sameHost
        ? endpoint
        : new StreamEndpoint("elsewhere", endpoint.driverDirectory(), endpoint.udp());
  }

  /** kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
