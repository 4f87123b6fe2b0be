package io.troupe.node.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One process a role: dir and mrc, three OSDs, a gateway that mounts. */
@RequiresMount
final class ClusterTest {
  @TempDir Path dir;
  private Path mount = Path.of("");
  private final List<TroupeProcess> running = new ArrayList<>();

  @BeforeEach
  void makeMountPoint() throws IOException {
    mount = Files.createDirectory(dir.resolve("mnt"));
  }

  @AfterEach
  void stopAll() {
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

  private static void eventually(Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within " + limit).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void survivesTheDeathOfEachProcess() throws IOException {
    int port = FreePort.find();
    String seed = "127.0.0.1:" + port;
    TroupeProcess head = node("head", "dir,mrc", port);
    TroupeProcess first = node("osd1", "osd", 0, "--seed", seed);
    node("osd2", "osd", 0, "--seed", seed);
    node("osd3", "osd", 0, "--seed", seed);
    TroupeProcess make =
        TroupeProcess.start(
            "volume wide",
            List.of("mkvol", "wide", "--object-size", "64KiB", "--width", "3", "--node", seed));
    make.close();
    TroupeProcess gateway = node("gw", "gateway", 0, "--seed", seed, "--mount", "wide=" + mount);

    Shell.run(mount, "head -c 1000000 /dev/urandom > f && sync f && md5sum f > sums && sync sums");
    assertThat(Shell.run(mount, "getfattr --only-values -n user.troupe.info f").lines())
        .filteredOn(line -> line.contains("objects"))
        .hasSizeGreaterThanOrEqualTo(3);

    // An OSD: what needs it fails in bounded time, the rest goes on, and it comes back.
    first.kill();
    Shell.run(dir, "echo 3 > /proc/sys/vm/drop_caches");
    long before = System.nanoTime();
    Shell.Outcome read = Shell.attempt(mount, "dd if=f of=/dev/null bs=1M iflag=direct");
    assertThat(read.status()).as(read.output()).isNotZero();
    assertThat(read.output()).contains("Input/output error");
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
    Shell.run(mount, "mkdir goes && mv goes on && ls -l on && rmdir on");
    node("osd1", "osd", 0, "--seed", seed);
    eventually(Duration.ofSeconds(40), () -> Shell.attempt(mount, "md5sum -c sums").status() == 0);

    // The head: everything that was synced is there after its restart.
    head.kill();
    node("head", "dir,mrc", port);
    eventually(Duration.ofSeconds(60), () -> Shell.attempt(mount, "md5sum -c sums").status() == 0);

    // The gateway: its mount is replaced.
    gateway.kill();
    node("gw", "gateway", 0, "--seed", seed, "--mount", "wide=" + mount);
    eventually(Duration.ofSeconds(40), () -> Shell.attempt(mount, "md5sum -c sums").status() == 0);
  }

  private long storedMiB(String osd) {
    return Long.parseLong(Shell.run(dir, "du -sm " + osd + "/objects | cut -f1").strip());
  }

  /**
   * One file has lost its name before the MRC dies; another loses it before the new one was told
   * who has it open; a third nobody has open.
   */
  @Test
  void whatAnApplicationHasOpenOutlivesItsNameAndItsMrc() throws IOException {
    int port = FreePort.find();
    String seed = "127.0.0.1:" + port;
    String[] quick = {"-Dtroupe.mrc.reopen-grace=4s", "-Dtroupe.mrc.reap-interval=1s"};
    TroupeProcess head = node("head", "dir,mrc", port, quick);
    node("osd1", "osd", 0, "--seed", seed);
    TroupeProcess make =
        TroupeProcess.start("volume safe", List.of("mkvol", "safe", "--node", seed));
    make.close();
    node("gw", "gateway", 0, "--seed", seed, "--mount", "safe=" + mount);
    Shell.run(
        mount, "for f in early late closed; do head -c 8000000 /dev/urandom > $f && sync $f; done");
    byte[] earlyBytes = Files.readAllBytes(mount.resolve("early"));
    byte[] lateBytes = Files.readAllBytes(mount.resolve("late"));
    assertThat(storedMiB("osd1")).isGreaterThanOrEqualTo(22);

    try (InputStream early = Files.newInputStream(mount.resolve("early"));
        InputStream late = Files.newInputStream(mount.resolve("late"))) {
      Files.delete(mount.resolve("early"));
      head.kill();
      node("head", "dir,mrc", port, quick);
      Shell.run(mount, "rm late closed");
      eventually(Duration.ofSeconds(40), () -> storedMiB("osd1") < 22);

      Shell.run(dir, "echo 3 > /proc/sys/vm/drop_caches");
      assertThat(early.readAllBytes()).isEqualTo(earlyBytes);
      assertThat(late.readAllBytes()).isEqualTo(lateBytes);
      assertThat(storedMiB("osd1")).isGreaterThanOrEqualTo(14);
    }
    eventually(Duration.ofSeconds(40), () -> storedMiB("osd1") < 7);
  }
}
