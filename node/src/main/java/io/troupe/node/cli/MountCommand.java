package io.troupe.node.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.troupe.fuse.FuseMount;
import io.troupe.fuse.FuseSettings;
import io.troupe.gateway.fs.VolumeFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/**
 * {@code troupe mount VOLUME DIR}: a mount of its own, outside of the cluster, in the foreground.
 */
@Command(
    name = "mount",
    description = "Mount a volume and serve it in this process until it is unmounted.",
    mixinStandardHelpOptions = true)
final class MountCommand implements Callable<Integer> {
  private static final long STOP_SECONDS = 40;

  @ParentCommand private @Nullable TroupeCommand parent;
  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(index = "0", paramLabel = "VOLUME", description = "its name")
  private String volume = "";

  @Parameters(index = "1", paramLabel = "DIR", description = "where to mount")
  private Path directory = Path.of("");

  @Override
  public Integer call() throws IOException, InterruptedException {
    Config config = TroupeCommand.of(parent).load(ConfigFactory.empty());
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    try (Outside troupe = Outside.connect(cluster, config)) {
      VolumeFileSystem fs = troupe.await(troupe.client().openFileSystem(volume));
      FuseSettings settings = FuseSettings.parse(config.getConfig("troupe.fuse"), volume);
      try (FuseMount mount = FuseMount.mount(fs, directory, settings)) {
        var unused = mount.onUnmounted().thenRun(end::countDown);
        Runtime.getRuntime()
            .addShutdownHook(Thread.ofPlatform().unstarted(() -> stop(end, closed)));
        System.out.printf(
            "Volume %s is mounted on %s%nStop with Ctrl-C, or: kill %d%n",
            volume, mount.directory(), ProcessHandle.current().pid());
        end.await();
      }
    } finally {
      closed.countDown();
    }
    return 0;
  }

  private static void stop(CountDownLatch end, CountDownLatch closed) {
    end.countDown();
    try {
      if (!closed.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("troupe: did not stop within " + STOP_SECONDS + " s, giving up");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
