package io.troupe.fuse.mount;

import io.troupe.fuse.libc.Helper;
import io.troupe.fuse.transport.DeviceChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * {@code fusermount3}, which mounts for users and hands the descriptor of the connection back over
 * the socket that {@code _FUSE_COMMFD} names.
 */
final class HelperMounter implements Mounter {
  private static final String PROGRAM = "fusermount3";
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @Override
  public DeviceChannel mount(Path directory, MountOptions options) throws IOException {
    if (!Files.exists(Path.of(DeviceChannel.DEVICE))) {
      throw new MountException(
          "cannot mount on " + directory + ": " + DeviceChannel.DEVICE + " is missing");
    }
    String list =
        "rw,fsname="
            // Comma and backslash would end the option.
            + options.source().replace("\\", "\\\\").replace(",", "\\,")
            + ",subtype=troupe,default_permissions"
            + (options.ignoreSetuid() ? ",nosuid" : "")
            + (options.ignoreDevices() ? ",nodev" : "")
            + (options.allowOther().orElse(false) ? ",allow_other" : "");
    Helper.Outcome outcome;
    try {
      outcome =
          Helper.run(
              List.of(PROGRAM, "-o", list, "--", directory.toString()),
              List.of(
                  "_FUSE_COMMFD=" + Helper.SOCKET,
                  "PATH=" + System.getenv().getOrDefault("PATH", "/usr/bin:/bin"),
                  "LC_ALL=C"),
              LIMIT);
    } catch (IOException e) {
      throw new MountException(
          "cannot mount on "
              + directory
              + ": "
              + e.getMessage()
              + "; others than root need "
              + PROGRAM
              + " (package fuse3)",
          e);
    }
    if (outcome.descriptor() < 0) {
      throw new MountException(
          "cannot mount "
              + options.source()
              + " on "
              + directory
              + ": "
              + (outcome.errors().isEmpty()
                  ? PROGRAM + " ended with code " + outcome.exitCode()
                  : outcome.errors()));
    }
    return DeviceChannel.of(outcome.descriptor());
  }

  @Override
  public void unmount(Path directory, boolean detach) throws IOException {
    Process p =
        new ProcessBuilder(PROGRAM, detach ? "-uz" : "-u", "--", directory.toString())
            .redirectErrorStream(true)
            .start();
    try {
      if (!p.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        p.destroyForcibly();
        throw new IOException(PROGRAM + " -u " + directory + " took longer than " + LIMIT);
      }
    } catch (InterruptedException e) {
      p.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + directory + " was unmounted", e);
    }
    String text = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (p.exitValue() == 0) {
      return;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("busy")) {
      throw new BusyException(directory);
    }
    if (!lower.contains("not mounted")
        && !lower.contains("not found in")
        && !lower.contains("invalid argument")) {
      throw new IOException("cannot unmount " + directory + ": " + text);
    }
  }
}
