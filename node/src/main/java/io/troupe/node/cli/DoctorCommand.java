package io.troupe.node.cli;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code troupe doctor}: is this machine fit to run and mount? */
@Command(
    name = "doctor",
    description =
        "Check what Troupe needs of this machine; exit status 1 where something is missing.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private boolean healthy = true;

  @Override
  public Integer call() throws IOException {
    boolean root = "root".equals(System.getProperty("user.name"));
    say(Runtime.version().feature() >= 25, "Java " + Runtime.version(), "needs 25 or newer");
    say(Files.exists(Path.of("/dev/fuse")), "/dev/fuse", "missing: load the kernel module fuse");
    say(
        Files.isWritable(Path.of("/dev/fuse")),
        "/dev/fuse can be opened",
        "no permission: join its group, or run as root");
    say(
        root || onPath("fusermount3"),
        "mounting as " + System.getProperty("user.name"),
        "needs fusermount3, package fuse3");
    Path shm = Path.of("/dev/shm");
    FileStore store = Files.getFileStore(Files.isDirectory(shm) ? shm : Path.of("/tmp"));
    say(
        store.getUsableSpace() > 256L << 20,
        "shared memory: " + ByteSize.show(store.getUsableSpace()) + " free in " + shm,
        "object streams need 256 MiB");
    for (MountTable.Mount m : MountTable.read().mounts()) {
      say(
          Files.isReadable(m.directory()),
          "mount " + m.directory() + " (" + m.volume() + ")",
          "its process is gone: troupe up detaches it, or umount -l " + m.directory());
    }
    return healthy ? 0 : 1;
  }

  private void say(boolean good, String what, String remedy) {
    healthy &= good;
    System.out.println((good ? "ok       " : "MISSING  ") + what + (good ? "" : ": " + remedy));
  }

  private static boolean onPath(String program) {
    String path = System.getenv("PATH");
    for (String d : path == null ? new String[0] : path.split(":", -1)) {
      if (Files.isExecutable(Path.of(d, program))) {
        return true;
      }
    }
    return false;
  }
}
