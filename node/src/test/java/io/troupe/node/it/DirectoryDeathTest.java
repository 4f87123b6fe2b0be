package io.troupe.node.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three processes that are everything but gateway, of which each is killed in its turn, the one
 * that began the cluster first, while an application works in a mount.
 */
@RequiresMount
final class DirectoryDeathTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int NODES = 3;

  @TempDir Path dir;
  private Path mount = Path.of("");
  private final List<Integer> ports = new ArrayList<>();
  private final TroupeProcess[] nodes = new TroupeProcess[NODES];
  private final List<TroupeProcess> all = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    mount = Files.createDirectory(dir.resolve("mnt"));
    while (ports.size() < NODES) {
      int port = FreePort.find();
      if (!ports.contains(port)) {
        ports.add(port);
      }
    }
    // None of them is ready before all are there.
    List<CompletableFuture<TroupeProcess>> starting =
        IntStream.range(0, NODES)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> i == 0 ? node(i) : node(i, "--seed", address(0))))
            .toList();
    for (int i = 0; i < NODES; i++) {
      nodes[i] = starting.get(i).join();
    }
    make("safe");
    List<String> gateway = new ArrayList<>(List.of("node", "--roles", "gateway"));
    gateway.addAll(List.of("--data", dir.resolve("gw").toString(), "--port", "0"));
    for (int i = 0; i < NODES; i++) {
      gateway.addAll(List.of("--seed", address(i)));
    }
    gateway.addAll(List.of("--mount", "safe=" + mount));
    started(gateway);
  }

  @AfterEach
  void stopAll() {
    // What is still mounted would keep the directory from being removed.
    TroupeProcess.detach(mount);
    synchronized (all) {
      all.forEach(TroupeProcess::close);
    }
    TroupeProcess.detach(mount);
  }

  private String address(int node) {
    return "127.0.0.1:" + ports.get(node);
  }

  private TroupeProcess node(int number, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "node",
                "-Dtroupe.directory.replicas=3",
                "--roles",
                "dir,mrc,osd",
                "--data",
                dir.resolve("node" + number).toString(),
                "--port",
                Integer.toString(ports.get(number))));
    args.addAll(List.of(more));
    return started(args);
  }

  private TroupeProcess started(List<String> args) {
    try {
      TroupeProcess p = TroupeProcess.start("is running", args);
      synchronized (all) {
        all.add(p);
      }
      return p;
    } catch (IOException e) {
      throw new CompletionException(new UncheckedIOException(e));
    }
  }

  private void make(String volume) throws IOException {
    TroupeProcess.start(
            "volume " + volume,
            List.of("mkvol", volume, "--metadata-replicas", "3", "--node", address(1)))
        .close();
  }

  private String outputs() {
    return all.stream().map(TroupeProcess::output).collect(Collectors.joining("\n\n"));
  }

  @Test
  void anyOfThreeMayDie() throws Exception {
    Renames application = new Renames(mount, LIMIT, this::outputs);
    application.await(30);

    for (int i = 0; i < NODES; i++) {
      nodes[i].kill();
      application.await(30);
      // The DIR answers without it; and whoever comes joins through those that are left.
      nodes[i] = i == 0 ? node(i) : node(i, "--seed", address(0));
      application.await(10);
    }
    make("another");
    application.stop();

    System.out.println("longest pause: " + application.longestPause());
    application.check();
    long served =
        Arrays.stream(outputs().split("\n", -1))
            .filter(line -> line.contains("event=directory-serves"))
            .count();
    assertThat(served).as(outputs()).isGreaterThanOrEqualTo(2);
  }
}
