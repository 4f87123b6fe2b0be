package io.troupe.lsm.version;

import io.troupe.lsm.Index;
import io.troupe.lsm.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the edits that verify say of a store whose manifest does not: no version, since edits are
 * missing in between, but each of these things was true once.
 *
 * @param indices names by id
 * @param tables that came, and are not known to have gone
 * @param gone numbers of tables that went, for good
 * @param flushedSequence all batches up to this one are in tables
 * @param nextFile a number above those that are known to have been given out
 */
public record ManifestRemains(
    Map<Integer, String> indices,
    Map<Long, TableMeta> tables,
    Set<Long> gone,
    long flushedSequence,
    long nextFile) {

  /**
   * Reads the manifests of a disk, which are known to be of this format version.
   *
   * @param below manifests with this number, or higher ones, are not of the store
   */
  public static ManifestRemains read(Disk disk, long below) throws IOException {
    Map<Integer, String> indices = new HashMap<>();
    Map<Long, TableMeta> tables = new HashMap<>();
    Set<Long> gone = new HashSet<>();
    long flushed = 0;
    long nextFile = 1;
    for (long number : Manifest.numbers(disk)) {
      if (number >= below) {
        continue;
      }
      String name = ManifestFormat.fileName(number);
      ByteBuffer bytes = Manifest.bytes(disk, name);
      int at = 0;
      while (at + ManifestFormat.EDIT_HEADER_BYTES <= bytes.limit()) {
        int length = ManifestFormat.lengthOfAnyVersion(bytes, at, number, -1);
        if (length == 0) {
          at += 8;
          continue;
        }
        VersionEdit edit = ManifestFormat.decode(name, bytes, at, length);
        for (Index index : edit.declared()) {
          indices.put(index.id(), index.name());
        }
        for (VersionEdit.Removed removed : edit.removed()) {
          tables.remove(removed.number());
          gone.add(removed.number());
        }
        for (VersionEdit.Added added : edit.added()) {
          tables.put(added.table().number(), added.table());
          gone.remove(added.table().number()); // it went to another level
        }
        flushed = Math.max(flushed, edit.flushedSequence());
        nextFile = Math.max(nextFile, edit.nextFile());
        at += ManifestFormat.padded(length);
      }
    }
    return new ManifestRemains(
        Map.copyOf(indices), Map.copyOf(tables), Set.copyOf(gone), flushed, nextFile);
  }
}
