package io.troupe.lsm;

import io.troupe.lsm.compaction.CompactionPicker;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.table.TableCache;
import io.troupe.lsm.version.Version;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the parts of an engine share. Thread-safe. */
final class EngineCore {

  private static final Logger LOG = LoggerFactory.getLogger(Store.class);

  private final Disk disk;
  private final StoreOptions options;
  private final Background background;
  private final LongSupplier nanoClock;
  private final Space space;
  private final Views views;
  private final TableCache tables;
  private final CompactionPicker picker;
  private final SnapshotRegistry snapshots;
  private final Counters counters = new Counters();
  private final Tails tails = new Tails();
  private volatile Pending pending = new Pending(Version.empty(), 0);
  private volatile long visible;
  private volatile boolean blockedBySpace;
  private volatile boolean closed;
  private volatile @Nullable IOException failure;

  /** What there is to merge in a version. */
  private record Pending(Version version, long bytes) {}

  EngineCore(
      Disk disk,
      StoreOptions options,
      Background background,
      LongSupplier nanoClock,
      Space space,
      Views views,
      TableCache tables,
      long visible) {
    this.disk = disk;
    this.options = options;
    this.background = background;
    this.nanoClock = nanoClock;
    this.snapshots = new SnapshotRegistry(nanoClock);
    this.space = space;
    this.views = views;
    this.tables = tables;
    this.picker = new CompactionPicker(options.memtableBytes(), options.tableBytes());
    this.visible = visible;
  }

  Disk disk() {
    return disk;
  }

  StoreOptions options() {
    return options;
  }

  Background background() {
    return background;
  }

  LongSupplier nanoClock() {
    return nanoClock;
  }

  Space space() {
    return space;
  }

  Views views() {
    return views;
  }

  TableCache tables() {
    return tables;
  }

  CompactionPicker picker() {
    return picker;
  }

  /**
   * About how many bytes have to be merged until the tree is in shape: what writers are slowed down
   * by, and merges sped up. Cheap while the version stays the same.
   */
  long pendingCompactionBytes() {
    Version version = views.current().version();
    Pending known = pending;
    if (known.version() != version) {
      known = new Pending(version, picker.pendingBytes(version));
      pending = known;
    }
    return known.bytes();
  }

  SnapshotRegistry snapshots() {
    return snapshots;
  }

  /** Who follows the log. */
  Tails tails() {
    return tails;
  }

  Counters counters() {
    return counters;
  }

  /** The newest sequence number that readers see. */
  long visible() {
    return visible;
  }

  /** Readers see what was committed up to here; for the log thread. */
  void publish(long sequence) {
    visible = sequence;
  }

  /** Whether background work met a full disk, and did not get on since. */
  boolean blockedBySpace() {
    return blockedBySpace;
  }

  void blockedBySpace(boolean blocked) {
    blockedBySpace = blocked;
  }

  boolean hasRoom() {
    return space.hasRoom(memoryBytes());
  }

  /** Bytes in memtables, which still have to be written. */
  long memoryBytes() {
    View view = views.current();
    long bytes = view.active().bytes();
    for (Memtable frozen : view.frozen()) {
      bytes += frozen.bytes();
    }
    return bytes;
  }

  boolean failed() {
    return failure != null;
  }

  @Nullable IOException failure() {
    return failure;
  }

  /** The first failure of writing counts: from then on the store reads only. */
  void fail(IOException e) {
    if (failure == null) {
      failure = e;
      LOG.error("store failed, writes are refused until it is opened again: {}", e.toString());
    }
  }

  /** No reads from now on; merges end early. */
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  void checkOpen() {
    if (closed) {
      throw new StoreException(StoreException.Kind.CLOSED, "the store is closed");
    }
  }
}
