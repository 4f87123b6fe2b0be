package io.troupe.lsm.version;

import io.troupe.lsm.Index;
import java.util.List;

/**
 * One atomic change of a {@link Version}. The numbers only ever grow: an edit that has nothing to
 * say of one gives 0.
 *
 * @param declared indices that become known
 * @param added tables that come
 * @param removed tables that go
 * @param flushedSequence all batches up to this one are in tables
 * @param walFrom the first segment of the log that is needed
 * @param nextFile a number that no file has had
 */
public record VersionEdit(
    List<Index> declared,
    List<Added> added,
    List<Removed> removed,
    long flushedSequence,
    long walFrom,
    long nextFile) {

  /** A table comes to a level. */
  public record Added(int level, TableMeta table) {}

  /** A table goes from a level of an index. */
  public record Removed(int index, int level, long number) {}
}
