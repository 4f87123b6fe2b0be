package io.troupe.lsm;

import io.troupe.lsm.compaction.Compaction;
import io.troupe.lsm.compaction.CompactionPicker;
import io.troupe.lsm.compaction.Deeper;
import io.troupe.lsm.compaction.OutputCuts;
import io.troupe.lsm.compaction.VersionFilter;
import io.troupe.lsm.disk.NoSpaceException;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.MergeCursor;
import io.troupe.lsm.range.RangeTombstones;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.version.VersionEdit;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One compaction: a large one in parts, each a range of keys, which several threads may take. What
 * the parts write becomes visible at once, when all are done.
 */
final class CompactionJob {

  private static final byte[] START = new byte[0];

  /** From a key on up to another; no end means the end of all keys. */
  private record Part(byte[] from, byte @Nullable [] to, TableMerge output) {}

  private final EngineCore core;
  private final Versions versions;
  private final Throttle throttle;
  private final Compaction compaction;
  private final View view; // keeps what lies deeper, as long as it is asked
  private final int maxParts;
  private long[] snapshots = {};
  private RangeTombstones ranges = RangeTombstones.NONE; // of all tables
  private List<Part> parts = List.of();
  private final ArrayDeque<Part> waiting = new ArrayDeque<>();
  private int running;
  private @Nullable Throwable failure;

  /**
   * @param view retained; given back by {@link #close}
   * @param maxParts into how many parts it may be cut
   */
  CompactionJob(
      EngineCore core,
      Versions versions,
      Throttle throttle,
      Compaction compaction,
      View view,
      int maxParts) {
    this.core = core;
    this.versions = versions;
    this.throttle = throttle;
    this.compaction = compaction;
    this.view = view;
    this.maxParts = maxParts;
  }

  Compaction compaction() {
    return compaction;
  }

  /**
   * Does all of it that no other thread does, and waits for those.
   *
   * @throws NoSpaceException with nothing changed: to be run again
   */
  void run() throws IOException {
    if (compaction.kind() != Compaction.Kind.MERGE) {
      versions.edit(edit(List.of()), core.views()::compacted);
      return;
    }
    prepare();
    try {
      while (help()) {
        // until none is left to be taken
      }
      await();
      install();
    } catch (NoSpaceException | StoreException e) {
      for (Part part : parts) {
        part.output().abandon();
      }
      throw e;
    }
  }

  /** Takes a part and does it. False when there is none to be taken. How it went is told to run. */
  boolean help() {
    Part part;
    synchronized (waiting) {
      part = waiting.poll();
      if (part == null) {
        return false;
      }
      running++;
    }
    Throwable failed = null;
    try {
      merge(part);
    } catch (IOException | RuntimeException | Error e) {
      failed = e;
    }
    synchronized (waiting) {
      running--;
      if (failed != null) {
        failure = failure == null ? failed : failure;
        waiting.clear();
      }
      waiting.notifyAll();
    }
    return true;
  }

  /** Gives back the view. */
  void close() {
    core.views().release(view);
  }

  /** For another attempt too. */
  private void prepare() throws IOException {
    // After the tables were chosen: who pins later sees the newest of all that is in them.
    snapshots = core.snapshots().all();
    List<RangeTombstones> lists = new ArrayList<>();
    for (TableMeta table : compaction.inputs()) {
      if (table.ranges() > 0) {
        lists.add(core.tables().ranges(table.number()));
      }
    }
    ranges = RangeTombstones.union(lists);
    List<byte[]> cuts = cuts();
    parts = new ArrayList<>();
    for (int i = 0; i <= cuts.size(); i++) {
      parts.add(
          new Part(
              i == 0 ? START : cuts.get(i - 1),
              i == cuts.size() ? null : cuts.get(i),
              new TableMerge(
                  core, versions.nextFile(), compaction.outputLevel(), throttle::merged)));
    }
    synchronized (waiting) {
      failure = null;
      waiting.addAll(parts);
    }
    if (parts.size() > 1) {
      core.background().compact();
    }
  }

  /** Keys that cut it into parts of about equal size, between tables that are merged. */
  private List<byte[]> cuts() {
    long partBytes = Math.max(compaction.bytes() / maxParts, 4 * core.options().tableBytes());
    List<byte[]> cuts = new ArrayList<>();
    long bytes = 0;
    double share =
        compaction.lower().isEmpty()
            ? 1
            : (double) compaction.bytes()
                / compaction.lower().stream().mapToLong(TableMeta::bytes).sum();
    for (TableMeta table : compaction.lower()) {
      if (bytes >= partBytes && cuts.size() + 1 < maxParts) {
        cuts.add(table.smallest());
        bytes = 0;
      }
      bytes += (long) (table.bytes() * share);
    }
    return cuts;
  }

  private void merge(Part part) throws IOException {
    Version version = view.version();
    List<EntryCursor> sources = new ArrayList<>();
    for (TableMeta table : compaction.inputs()) {
      if (!table.endsBefore(part.from())
          && (part.to() == null || Arrays.compareUnsigned(table.smallest(), part.to()) < 0)) {
        sources.add(core.tables().ascending(table.number(), part.from(), false));
      }
    }
    EntryCursor merged = new MergeCursor(sources, false);
    var kept =
        new VersionFilter(
            part.to() == null ? merged : new Until(merged, part.to()),
            snapshots,
            ranges,
            deeper(version));
    part.output()
        .write(
            kept,
            VersionFilter.ranges(ranges.within(part.from(), part.to()), snapshots, deeper(version)),
            compaction.index(),
            new OutputCuts(
                CompactionPicker.grandparents(version, compaction), core.options().tableBytes()));
  }

  private Deeper deeper(Version version) {
    return new Deeper(
        version, compaction.index(), compaction.outputLevel(), core.tables()::mayHave);
  }

  private void await() throws IOException {
    boolean interrupted = false;
    Throwable failed;
    synchronized (waiting) {
      while (running > 0) {
        try {
          waiting.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      failed = failure;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    switch (failed) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failed);
    }
  }

  private void install() throws IOException {
    List<VersionEdit.Added> added = new ArrayList<>();
    long bytes = 0;
    for (Part part : parts) {
      added.addAll(part.output().added());
      bytes += part.output().bytes();
    }
    core.disk().sync();
    versions.edit(edit(added), core.views()::compacted);
    core.counters().compacted(compaction.bytes(), bytes);
    core.space().changed();
  }

  private VersionEdit edit(List<VersionEdit.Added> written) {
    List<VersionEdit.Removed> removed = new ArrayList<>();
    List<VersionEdit.Added> added = new ArrayList<>(written);
    for (TableMeta table : compaction.upper()) {
      removed.add(new VersionEdit.Removed(compaction.index(), compaction.level(), table.number()));
      if (compaction.kind() == Compaction.Kind.MOVE) {
        added.add(new VersionEdit.Added(compaction.outputLevel(), table));
      }
    }
    for (TableMeta table : compaction.lower()) {
      removed.add(
          new VersionEdit.Removed(compaction.index(), compaction.outputLevel(), table.number()));
    }
    return new VersionEdit(
        List.of(), added, removed, 0, 0, written.isEmpty() ? 0 : versions.nextFile().get());
  }
}
