package io.troupe.lsm;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.memtable.SlabPool;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.version.Manifest;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.version.VersionEdit;
import io.troupe.lsm.wal.Operations;
import io.troupe.lsm.wal.SegmentPool;
import io.troupe.lsm.wal.Wal;
import io.troupe.lsm.wal.WalFormat;
import io.troupe.lsm.wal.WalReplay;
import io.troupe.lsm.wal.WalSegments;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The steps of opening a store: the manifest, the log behind what it says is in tables, then a
 * manifest and a segment of its own, so that nothing is ever appended to what an earlier process
 * wrote.
 */
final class Recovery {

  /**
   * What was found, and what was made ready.
   *
   * @param declared ids of the indices that the manifest or the log know
   * @param memtables what the log holds, the newest first
   */
  record Recovered(
      Indices indices,
      BitSet declared,
      Space space,
      SegmentPool pool,
      WalSegments log,
      Wal wal,
      Manifest manifest,
      Version version,
      List<Memtable> memtables,
      SlabPool slabs,
      long lastSequence,
      long nextFile) {}

  private final Disk disk;
  private final StoreOptions options;
  private final Indices indices = new Indices();
  private final BitSet declared = new BitSet();
  private final List<Memtable> memtables = new ArrayList<>();
  private final SlabPool slabs;

  Recovery(Disk disk, StoreOptions options) {
    this.disk = disk;
    this.options = options;
    this.slabs = new SlabPool(options.memtableBytes());
  }

  /**
   * What the disk holds, read and checked; nothing was changed.
   *
   * @param version none when there never was a store
   * @param segments numbers of all segments of the log
   * @param files numbers of all tables, also of those that belong to nobody
   * @param memtables what the log holds, the newest first
   * @param log how far it goes
   */
  record Loaded(
      Optional<Version> version,
      List<Long> segments,
      List<Long> files,
      List<Memtable> memtables,
      WalReplay.Replayed log) {
    long lastSequence() {
      return log.lastSequence();
    }
  }

  Loaded load() throws IOException {
    StoreCopy.rejectUnfinished(disk);
    Optional<Version> loaded = Manifest.load(disk);
    List<Long> segments = WalReplay.segments(disk);
    List<Long> files =
        disk.list().stream().map(TableFormat::number).flatMap(Optional::stream).toList();
    if (loaded.isEmpty() && !(segments.isEmpty() && files.isEmpty())) {
      throw new CorruptionException(
          "CURRENT", 0, "the file is missing, though there are data files");
    }
    Version version = loaded.orElse(Version.empty());
    for (Index index : version.indices()) {
      indices.add(index);
      declared.set(index.id());
    }
    for (TableMeta table : version.all()) {
      if (!files.contains(table.number())) {
        throw new CorruptionException(
            TableFormat.fileName(table.number()), 0, "the table is missing");
      }
    }
    WalReplay.Replayed log =
        WalReplay.replay(disk, version.walFrom(), version.flushedSequence(), this::visitor);
    memtables.removeIf(Memtable::isEmpty);
    return new Loaded(loaded, segments, files, List.copyOf(memtables.reversed()), log);
  }

  SlabPool slabs() {
    return slabs;
  }

  /** The indices that {@link #load} found. */
  Indices indices() {
    return indices;
  }

  Recovered open(LongSupplier nanoClock) throws IOException {
    Loaded loaded = load();
    Manifest.force(disk); // files are about to be deleted on the word of it
    WalReplay.deleteLeftovers(disk);
    Version version = loaded.version().orElse(Version.empty());
    List<Long> segments = loaded.segments();
    List<Long> files = loaded.files();
    deleteOrphans(version, files);
    long last = loaded.lastSequence();

    // Of what comes behind nothing was written: made ready by the earlier process, to be used now.
    long nextSegment = loaded.log().unused();
    long nextFile =
        Math.max(
            version.nextFile(),
            1
                + Math.max(
                    Manifest.highestNumber(disk), files.stream().max(Long::compare).orElse(0L)));
    Version current =
        version.apply(
            new VersionEdit(
                List.of(),
                List.of(),
                List.of(),
                0,
                memtables.isEmpty() ? nextSegment : 0,
                nextFile + 1));
    var space = new Space(disk, options.reserveBytes(), nanoClock);
    Manifest manifest = space.retried(() -> Manifest.create(disk, current, nextFile));
    var pool = new SegmentPool(disk, options.walSegmentBytes(), nextSegment);
    pool.adopt();
    var log = new WalSegments(pool, options.walSegmentBytes(), options.walRetainBytes());
    long oldest = WalReplay.found(disk, current.walFrom(), nextSegment, last, log);
    for (long segment : segments.reversed()) {
      if (segment >= nextSegment) {
        pool.recycle(WalReplay.fileName(segment));
        // One by one, the highest first: whenever the power fails, none is missing in front of
        // another.
        disk.sync();
      } else if (segment < oldest) {
        pool.recycle(WalReplay.fileName(segment));
      }
    }
    disk.sync(); // before a file gets the header of another number, it must not have its old name
    log.release(current.walFrom(), space.hasRoom(0));
    Wal wal = space.retried(() -> new Wal(pool, log, last));
    return new Recovered(
        indices,
        declared,
        space,
        pool,
        log,
        wal,
        manifest,
        current,
        loaded.memtables(),
        slabs,
        last,
        nextFile + 1);
  }

  /**
   * Tables that a flush or a merge had not finished, and merged ones that were not deleted any
   * more.
   */
  private void deleteOrphans(Version version, List<Long> files) throws IOException {
    List<Long> known = version.all().stream().map(TableMeta::number).toList();
    for (long file : files) {
      if (!known.contains(file)) {
        disk.delete(TableFormat.fileName(file));
      }
    }
  }

  private WalFormat.Visitor visitor(long segment) {
    return (sequence, epoch, operations) -> {
      Memtable memtable = memtable(segment);
      while (operations.next()) {
        if (operations.kind() == WalFormat.DECLARE) {
          declare(operations, memtable);
        } else if (Kind.isKnown(operations.kind())
            || operations.kind() == Operations.DELETE_RANGE) {
          memtable.put(operations, sequence);
        } else {
          throw new CorruptionException(
              WalReplay.fileName(segment),
              operations.start(),
              "operation of unknown kind " + operations.kind());
        }
      }
      memtable.wrote(sequence);
    };
  }

  private void declare(Operations operation, Memtable memtable) {
    String name = new String(operation.array(), operation.keyAt(), operation.keyLength(), UTF_8);
    Index index = indices.add(new Index(name, operation.index()));
    if (!declared.get(index.id())) {
      declared.set(index.id());
      memtable.declare(index);
    }
  }

  private Memtable memtable(long segment) {
    if (memtables.isEmpty() || memtables.getLast().bytes() >= options.memtableBytes()) {
      memtables.add(new Memtable(segment, slabs));
    }
    return memtables.getLast();
  }
}
