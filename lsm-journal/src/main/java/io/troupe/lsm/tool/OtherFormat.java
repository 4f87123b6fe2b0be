package io.troupe.lsm.tool;

import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.version.Manifest;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;

/**
 * Tells a store of another format version from a broken one: a repair must not touch it. A version
 * number that some files have and others of their kind have not is damage. Pure.
 */
final class OtherFormat {

  private static final String SIGN = "format version";

  private OtherFormat() {}

  /**
   * Looks at what a verification found.
   *
   * @param files of the store
   * @throws IOException when all files of a kind are of another version
   */
  static void reject(List<String> files, List<Finding> findings) throws IOException {
    List<Predicate<String>> kinds =
        List.of(
            name -> name.equals("CURRENT") || Manifest.isManifest(name),
            name -> name.endsWith(".log"));
    for (Finding finding : findings) {
      // The checksum of a table's footer covers the version, and matches.
      if (TableFormat.number(finding.file()).isPresent() && finding.what().startsWith(SIGN)) {
        throw rejected(finding);
      }
    }
    for (Predicate<String> kind : kinds) {
      List<String> all = files.stream().filter(kind).toList();
      List<Finding> other =
          findings.stream()
              .filter(f -> f.broken() && all.contains(f.file()) && f.what().contains(SIGN))
              .toList();
      if (!all.isEmpty() && other.stream().map(Finding::file).distinct().count() == all.size()) {
        throw rejected(other.getFirst());
      }
    }
  }

  private static IOException rejected(Finding finding) {
    return new IOException(finding.file() + " has another format: " + finding.what());
  }
}
