package io.troupe.lsm.tool;

import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Keys;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.range.RangeTombstones;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds, among tables of which nothing says which are live, those that a merge had replaced, or
 * those that an unfinished merge had begun. No version of a key is in two live tables: two that
 * share one were the input of a merge, with the lower number, and its output. One of the two sides
 * is enough when for each key it has the newest version, or knows why not: a merge drops what is
 * deleted when nothing deeper has the key.
 */
final class Superseded {

  /** The versions of some tables in order, each with the table that it is from. */
  interface Source {
    EntryCursor open() throws IOException;

    /** The table of the current entry, by the number that it had before the repair. */
    long table(EntryCursor cursor);

    /** The deletes of ranges of all tables but some. */
    RangeTombstones ranges(Set<Long> without) throws IOException;
  }

  /**
   * What was found.
   *
   * @param unneeded tables without which nothing is missing
   * @param ambiguous whether tables share versions, and it is not known whether the merge ended. If
   *     it did, an input that is gone may have deleted what the others still have.
   */
  record Found(Set<Long> unneeded, boolean ambiguous) {}

  private Superseded() {}

  /** Looks. */
  static Found find(Source source) throws IOException {
    Set<Long> inputs = new HashSet<>();
    Set<Long> outputs = new HashSet<>();
    try (EntryCursor cursor = source.open()) {
      byte[] key = new byte[0];
      long sequence = -1;
      long table = 0;
      while (cursor.next()) {
        long here = source.table(cursor);
        if (sequence == cursor.sequence()
            && Keys.same(key, key.length, cursor.keyBuffer(), cursor.keyLength())) {
          inputs.add(Math.min(here, table));
          outputs.add(Math.max(here, table));
        } else {
          key = cursor.copyKey();
          sequence = cursor.sequence();
        }
        table = here;
      }
    }
    if (inputs.isEmpty()) {
      return new Found(Set.of(), false);
    }
    if (isEnoughWithout(inputs, source)) {
      return new Found(Set.copyOf(inputs), false);
    }
    return new Found(isEnoughWithout(outputs, source) ? Set.copyOf(outputs) : Set.of(), true);
  }

  private static boolean isEnoughWithout(Set<Long> left, Source source) throws IOException {
    RangeTombstones ranges = source.ranges(Set.of());
    RangeTombstones kept = source.ranges(left);
    try (EntryCursor cursor = source.open()) {
      byte[] key = new byte[0];
      long newest = 0;
      boolean deleted = false; // the newest version is a delete, or deleted by range
      boolean found = true; // where it has to be
      boolean older = false; // the others have a version
      while (cursor.next()) {
        if (!Keys.same(key, key.length, cursor.keyBuffer(), cursor.keyLength())) {
          if (!found && (older || !deleted)) {
            return false;
          }
          key = cursor.copyKey();
          newest = cursor.sequence();
          deleted =
              cursor.kind() == Kind.DELETE
                  || ranges.newest(key, key.length, Long.MAX_VALUE) > newest;
          found = false;
          older = false;
        }
        if (!left.contains(source.table(cursor))) {
          if (!older
              && ranges.newest(key, key.length, Long.MAX_VALUE) > cursor.sequence()
              && kept.newest(key, key.length, Long.MAX_VALUE) < cursor.sequence()) {
            return false; // only what is left out deletes it
          }
          older = true;
          found |= cursor.sequence() == newest;
        }
      }
      return found || (deleted && !older);
    }
  }
}
