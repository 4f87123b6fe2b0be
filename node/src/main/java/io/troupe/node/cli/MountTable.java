package io.troupe.node.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The Troupe mounts of {@code /proc/self/mounts}, see proc_pid_mounts(5). */
record MountTable(List<Mount> mounts) {
  /**
   * One mounted volume.
   *
   * @param source {@code troupe:VOLUME}
   */
  record Mount(String source, Path directory) {
    String volume() {
      return source.substring(source.indexOf(':') + 1);
    }
  }

  static MountTable read() throws IOException {
    return parse(Files.readAllLines(Path.of("/proc/self/mounts"), StandardCharsets.ISO_8859_1));
  }

  static MountTable parse(List<String> lines) {
    List<Mount> found = new ArrayList<>();
    for (String line : lines) {
      String[] fields = line.split(" ", -1);
      if (fields.length > 3 && fields[2].equals("fuse.troupe")) {
        found.add(new Mount(unescape(fields[0]), Path.of(unescape(fields[1]))));
      }
    }
    return new MountTable(List.copyOf(found));
  }

  Optional<Mount> at(Path directory) {
    return mounts.stream().filter(m -> m.directory().equals(directory)).findFirst();
  }

  /** The mount that a path lies in: of nested ones the innermost. */
  Optional<Mount> holding(Path path) {
    return mounts.stream()
        .filter(m -> path.startsWith(m.directory()))
        .max(Comparator.comparingInt(m -> m.directory().getNameCount()));
  }

  /** Space, tab, newline and backslash stand as octal escapes; the rest is UTF-8. */
  private static String unescape(String field) {
    byte[] out = new byte[field.length()];
    int n = 0;
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && i + 3 < field.length()) {
        out[n++] = (byte) Integer.parseInt(field.substring(i + 1, i + 4), 8);
        i += 3;
      } else {
        out[n++] = (byte) c;
      }
    }
    return new String(out, 0, n, StandardCharsets.UTF_8);
  }
}
