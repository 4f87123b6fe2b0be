package io.troupe.node.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A volume whose metadata are on three MRCs, each a process of its own, of which one after the
 * other is killed while an application works in the mount.
 */
@RequiresMount
final class MasterDeathTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int MRCS = 3;

  @TempDir Path dir;
  private Path mount = Path.of("");
  private String seed = "";
  private final List<TroupeProcess> running = new ArrayList<>();
  private final List<TroupeProcess> mrcs = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    mount = Files.createDirectory(dir.resolve("mnt"));
    int port = FreePort.find();
    seed = "127.0.0.1:" + port;
    node("head", "dir,osd", port);
    for (int i = 0; i < MRCS; i++) {
      mrcs.add(mrc(i));
    }
    TroupeProcess make =
        TroupeProcess.start(
            "volume safe", List.of("mkvol", "safe", "--metadata-replicas", "3", "--node", seed));
    make.close();
    node("gw", "gateway", 0, "--seed", seed, "--mount", "safe=" + mount);
  }

  @AfterEach
  void stopAll() {
    // What is still mounted would keep the directory from being removed.
    TroupeProcess.detach(mount);
    running.forEach(TroupeProcess::close);
    TroupeProcess.detach(mount);
  }

  private TroupeProcess node(String name, String roles, int port, String... more)
      throws IOException {
    List<String> args =
        new ArrayList<>(List.of("node", "--roles", roles, "--data", dir.resolve(name).toString()));
    args.addAll(List.of("--port", Integer.toString(port)));
    args.addAll(List.of(more));
    TroupeProcess p = TroupeProcess.start("is running", args);
    running.add(p);
    return p;
  }

  private TroupeProcess mrc(int number) throws IOException {
    return node("mrc" + number, "mrc", 0, "--seed", seed);
  }

  private static void eventually(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what + " within " + LIMIT).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  /** The process whose log says last that it serves; epochs grow. */
  private int master() {
    long newest = -1;
    int found = -1;
    for (int i = 0; i < MRCS; i++) {
      for (String line : mrcs.get(i).output().lines().toList()) {
        if (line.contains("group ") && line.contains("event=serving")) {
          long epoch = Long.parseLong(line.replaceAll(".*epoch=(\\d+).*", "$1"));
          if (epoch > newest && mrcs.get(i).isAlive()) {
            newest = epoch;
            found = i;
          }
        }
      }
    }
    return found;
  }

  private String outputs() {
    return running.stream().map(TroupeProcess::output).collect(Collectors.joining("\n\n"));
  }

  @Test
  void theApplicationSeesAPauseAndNothingElse() throws Exception {
    Renames application = new Renames(mount, LIMIT, this::outputs);
    application.await(50);

    for (int round = 0; round < 2; round++) {
      int master = master();
      assertThat(master).as(outputs()).isNotNegative();
      mrcs.get(master).kill();
      application.await(50);
      mrcs.set(master, mrc(master));
      application.await(20);
    }
    application.stop();

    System.out.println("longest pause: " + application.longestPause());
    application.check();
  }

  @Test
  void allThreeMayDieAtOnce() throws Exception {
    Renames application = new Renames(mount, LIMIT, this::outputs);
    application.await(50);
    application.stop();

    mrcs.forEach(TroupeProcess::kill);
    for (int i = 0; i < MRCS; i++) {
      mrcs.set(i, mrc(i));
    }

    eventually("the volume", () -> Shell.attempt(mount, "ls").status() == 0);
    application.check();
  }
}
