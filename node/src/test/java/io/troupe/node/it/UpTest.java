package io.troupe.node.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The newcomer's command: all roles in one process, mounted. */
@RequiresMount
final class UpTest {
  @TempDir Path dir;
  private Path mount = Path.of("");

  @BeforeEach
  void makeMountPoint() throws IOException {
    mount = Files.createDirectory(dir.resolve("mnt"));
  }

  @AfterEach
  void detach() {
    TroupeProcess.detach(mount);
  }

  private TroupeProcess up(String... more) throws IOException {
    List<String> args =
        List.of(
            "up",
            "--mount",
            mount.toString(),
            "--data",
            dir.resolve("data").toString(),
            "--port",
            "0");
    return TroupeProcess.start(
        "is mounted on", Stream.concat(args.stream(), Arrays.stream(more)).toList());
  }

  @Test
  void keepsATreeThroughACleanStop() throws IOException {
    Path tree = SampleTree.make(dir.resolve("tree"), 300, 7);

    try (TroupeProcess p = up()) {
      Shell.run(dir, "cp -a tree mnt/tree && diff -r --no-dereference tree mnt/tree");
      assertThat(p.terminate()).isIn(0, 143);
    }
    assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(mount.toString());
    try (TroupeProcess p = up()) {
      SampleTree.assertSame(tree, mount.resolve("tree"));
      p.terminate();
    }
  }

  @Test
  void losesNothingToAKill() throws IOException {
    Path tree = SampleTree.make(dir.resolve("tree"), 200, 8);

    try (TroupeProcess p = up()) {
      Shell.run(dir, "cp -a tree mnt/tree");
      p.kill();
    }
    // The stale mount of the killed process must not be in the way.
    try (TroupeProcess p = up()) {
      SampleTree.assertSame(tree, mount.resolve("tree"));
      Shell.run(mount, "rm -r tree && [ -z \"$(ls -A)\" ]");
      p.terminate();
    }
  }

  /** Nothing of it has reached the disk by itself when the process ends. */
  @Test
  void losesNothingToAKillWhereMetadataDoesNotWaitForTheDisk() throws IOException {
    Path tree = SampleTree.make(dir.resolve("tree"), 100, 9);

    try (TroupeProcess p =
        up("-Dtroupe.mrc.durability=interval", "-Dtroupe.mrc.sync-interval=1m")) {
      Shell.run(
          dir,
          """
          mkdir mnt/gone && touch mnt/gone/a && sync mnt/gone/a mnt/gone && rm -r mnt/gone
          cp -a tree mnt/part && mv mnt/part mnt/tree && mkdir mnt/last
          """);
      p.kill();
    }
    try (TroupeProcess p = up()) {
      SampleTree.assertSame(tree, mount.resolve("tree"));
      Shell.run(mount, "[ \"$(echo *)\" = 'last tree' ] && touch last/new");
      p.terminate();
    }
  }

  @Test
  void isAFileSystemToGitAndSqlite() throws IOException {
    try (TroupeProcess p = up()) {
      Shell.run(
          mount,
          """
          export HOME="$PWD" GIT_CONFIG_NOSYSTEM=1
          mkdir r && cd r && git init -q . && seq 10000 > numbers && git add . &&
          git -c user.name=t -c user.email=t@example.org commit -qm one &&
          cd .. && git clone -q r s && cd s && git fsck --strict && cmp numbers ../r/numbers
          """);
      String verdict =
          Shell.run(
              mount,
              """
              sqlite3 t.db 'create table t(a)' &&
              for i in 1 2 3 4 5; do sqlite3 t.db "insert into t values($i)"; done
              sqlite3 t.db 'pragma integrity_check; select sum(a) from t;'
              """);
      assertThat(verdict).isEqualTo("ok\n15\n");
      p.terminate();
    }
  }

  @Test
  void anOpenFileOutlivesItsName() throws IOException {
    try (TroupeProcess p = up()) {
      Shell.run(
          mount,
          "exec 3<>f; echo kept >&3; rm f; [ ! -e f ]; [ \"$(cat /proc/self/fd/3)\" = kept ]");
      p.terminate();
    }
  }
}
