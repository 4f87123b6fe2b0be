package io.troupe.bench.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Nodes that keep metadata, one that keeps content, and two that mount. */
final class Cluster implements AutoCloseable {
  private static final String VOLUME = "safe";
  private static final int MOUNTS = 2;

  /** As {@code bin/troupe} starts it, with less memory. */
  private static final List<String> JVM =
      List.of(
          "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "--enable-native-access=ALL-UNNAMED",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xmx512m");

  private final Path directory;
  private final List<Node> all = new ArrayList<>();
  private final List<Node> metadata = new ArrayList<>();
  private final List<Path> mounts = new ArrayList<>();

  private Cluster(Path directory) {
    this.directory = directory;
  }

  /**
   * Starts all of it, with one volume.
   *
   * @throws IllegalStateException where a process does not start
   */
  static Cluster start(Path directory, int replicas) throws IOException, InterruptedException {
    Cluster cluster = new Cluster(directory);
    try {
      cluster.begin(replicas);
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void begin(int replicas) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    String seed = "127.0.0.1:" + freePort();
    Node head = node("head", "dir,osd", List.of("--port", seed.substring(seed.indexOf(':') + 1)));
    head.launch();
    head.awaitRunning();
    for (int i = 0; i < replicas; i++) {
      String port = Integer.toString(freePort());
      metadata.add(node("mrc" + i, "mrc", List.of("--port", port, "--seed", seed)));
    }
    for (Node node : metadata) {
      node.launch();
    }
    for (Node node : metadata) {
      node.awaitRunning();
    }
    makeVolume(seed, replicas);
    for (int i = 0; i < MOUNTS; i++) {
      Path mount = Files.createDirectory(directory.resolve("mount" + i)).toAbsolutePath();
      mounts.add(mount);
      Node gateway =
          node("gateway" + i, "gateway", List.of("--seed", seed, "--mount", VOLUME + "=" + mount));
      gateway.launch();
      gateway.awaitRunning();
    }
    for (int i = 0; i < MOUNTS; i++) {
      Files.createDirectory(workplace(i, i));
    }
  }

  private Node node(String name, String roles, List<String> more) {
    List<String> arguments = new ArrayList<>(List.of("node", "--roles", roles));
    arguments.addAll(List.of("--data", directory.resolve(name).toString()));
    arguments.addAll(more);
    if (!more.contains("--port")) {
      arguments.addAll(List.of("--port", "0"));
    }
    Node node = new Node(name, directory, JVM, arguments);
    all.add(node);
    return node;
  }

  private void makeVolume(String seed, int replicas) throws IOException, InterruptedException {
    Node make =
        new Node(
            "mkvol",
            directory,
            JVM,
            List.of(
                "mkvol",
                VOLUME,
                "--metadata-replicas",
                Integer.toString(replicas),
                "--node",
                seed));
    make.launch();
    make.awaitEnd();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Those that faults happen to. */
  List<Node> metadataNodes() {
    return metadata;
  }

  List<Path> mounts() {
    return mounts;
  }

  /** The directory of an application as one of the mounts shows it. */
  Path workplace(int mount, int application) {
    return mounts.get(mount).resolve("work" + application);
  }

  @Override
  public void close() {
    for (Path mount : mounts) {
      detach(mount);
    }
    all.forEach(Node::close);
    for (Path mount : mounts) {
      detach(mount);
    }
  }

  private static void detach(Path mount) {
    try {
      Process umount =
          new ProcessBuilder("umount", "-l", mount.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      umount.waitFor(10, TimeUnit.SECONDS);
    } catch (IOException e) {
      System.err.println("cannot detach " + mount + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
