package io.troupe.fuse.memory;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.troupe.fuse.FuseMount;
import io.troupe.fuse.FuseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/**
 * Mounts a file system in memory: {@code ServeMemory DIRECTORY [key=value ...]} with keys of
 * section {@code troupe.fuse}, and {@code hop=true} to complete requests on another thread. Prints
 * "mounted" when it is there, ends when it is unmounted.
 */
public final class ServeMemory {
  private ServeMemory() {}

  public static void main(String[] arguments) throws IOException {
    StringBuilder overrides = new StringBuilder();
    boolean hop = false;
    for (int i = 1; i < arguments.length; i++) {
      if (arguments[i].equals("hop=true")) {
        hop = true;
      } else {
        overrides.append(arguments[i]).append('\n');
      }
    }
    MemoryFileSystem fs =
        hop
            ? MemoryFileSystem.on(
                Executors.newFixedThreadPool(2, Thread.ofPlatform().daemon().factory()))
            : MemoryFileSystem.inline();
    FuseMount mount =
        FuseMount.mount(fs, Path.of(arguments[0]), settings("memory", overrides.toString()));
    System.out.println("mounted");
    mount.onUnmounted().join();
  }

  /** The documented defaults with some keys of {@code troupe.fuse} replaced. */
  public static FuseSettings settings(String volume, String overrides) {
    Path defaults =
        Files.exists(Path.of("../application.conf"))
            ? Path.of("../application.conf")
            : Path.of("application.conf");
    Config fuse =
        ConfigFactory.parseString(overrides)
            .withFallback(
                ConfigFactory.parseFile(defaults.toFile()).resolve().getConfig("troupe.fuse"));
    return FuseSettings.parse(fuse, volume);
  }
}
