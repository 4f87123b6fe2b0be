package io.troupe.fuse.mount;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is mounted where, from {@code /proc/self/mountinfo}, see proc_pid_mountinfo(5). Reading it
 * asks no file system anything, so it works beside mounts that are dead.
 */
public record MountInfo(List<Entry> entries) {
  /**
   * One mount.
   *
   * @param minor of the device; names the FUSE connection in sysfs
   */
  public record Entry(int minor, String directory, String type, String source) {}

  public static MountInfo read() throws IOException {
    return parse(Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1));
  }

  static MountInfo parse(List<String> lines) {
    List<Entry> entries = new ArrayList<>();
    for (String line : lines) {
      String[] fields = line.split(" ", -1);
      int dash = 6;
      while (dash < fields.length && !fields[dash].equals("-")) {
        dash++;
      }
      if (dash + 2 < fields.length) {
        String device = fields[2];
        entries.add(
            new Entry(
                Integer.parseInt(device.substring(device.indexOf(':') + 1)),
                unescape(fields[4]),
                fields[dash + 1],
                unescape(fields[dash + 2])));
      }
    }
    return new MountInfo(List.copyOf(entries));
  }

  /** The mount that one sees at the directory: of several the last. */
  public Optional<Entry> at(Path directory) {
    return entries.stream()
        .filter(e -> e.directory().equals(directory.toString()))
        .reduce((earlier, later) -> later);
  }

  /** Space, tab, newline and backslash stand as octal escapes; the rest is UTF-8. */
  private static String unescape(String field) {
    byte[] bytes = new byte[field.length()];
    int n = 0;
    int i = 0;
    while (i < field.length()) {
      char c = field.charAt(i);
      if (c == '\\' && i + 3 < field.length()) {
        bytes[n++] = (byte) Integer.parseInt(field.substring(i + 1, i + 4), 8);
        i += 4;
      } else {
        bytes[n++] = (byte) c;
        i++;
      }
    }
    return new String(bytes, 0, n, StandardCharsets.UTF_8);
  }
}
