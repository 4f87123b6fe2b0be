package io.troupe.lsm;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.NoSpaceException;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.table.TableWriter;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.version.VersionEdit;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a snapshot shows into sorted tables of a new store. Reads in pieces, each by a cursor
 * of its own, so that it keeps no table of the store from being deleted for long; rests after each
 * piece as long as that took, so that others get at least half of the disk.
 */
final class Materialiser implements Materialisation {

  private static final long PIECE_BYTES = 4 << 20;
  private static final long MAX_REST_NANOS = 500_000_000L;
  private static final int BOTTOM = Version.LEVELS - 1;

  /** What it reads: the entries of a range at the pinned sequence number. */
  interface Source {
    Cursor cursor(Index index, KeyRange range);
  }

  private final Source source;
  private final long sequence;
  private final Map<Index, List<KeyRange>> ranges = new LinkedHashMap<>();
  private final Disk target;
  private final StoreOptions options;
  private final Runnable unpin;
  private final CompletableFuture<Long> done = new CompletableFuture<>();
  private final List<VersionEdit.Added> added = new ArrayList<>();
  private final AtomicLong entries = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private volatile boolean cancelled;
  private long nextFile = 1;
  private @Nullable TableWriter writer;

  /**
   * @param unpin called once at the end
   */
  Materialiser(
      Source source,
      long sequence,
      List<Selection.Part> parts,
      Disk target,
      StoreOptions options,
      Runnable unpin) {
    this.source = source;
    this.sequence = sequence;
    this.target = target;
    this.options = options;
    this.unpin = unpin;
    for (Selection.Part part : parts) {
      ranges.computeIfAbsent(part.index(), index -> new ArrayList<>()).add(part.range());
    }
  }

  /** Does all of it. */
  void run() {
    @Nullable Throwable failure =
        new StoreException(StoreException.Kind.FAILED, "the copy was not finished");
    try {
      write();
      failure = null;
    } catch (StoreException | CancellationException e) {
      failure = e;
    } catch (NoSpaceException e) {
      failure =
          new StoreException(
              StoreException.Kind.NO_SPACE, "no room for the copy: " + e.getMessage(), e);
    } catch (IOException e) {
      failure =
          new StoreException(
              StoreException.Kind.FAILED, "the copy could not be written: " + e.getMessage(), e);
    } finally {
      unpin.run();
      if (failure == null) {
        done.complete(entries.get());
      } else {
        done.completeExceptionally(failure);
      }
    }
  }

  @Override
  public CompletionStage<Long> done() {
    return done.minimalCompletionStage();
  }

  @Override
  public long entries() {
    return entries.get();
  }

  @Override
  public long bytes() {
    return bytes.get();
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  private void write() throws IOException {
    try (StoreCopy copy = StoreCopy.begin(target)) {
      List<Index> copied = new ArrayList<>();
      for (Map.Entry<Index, List<KeyRange>> part : ranges.entrySet()) {
        Index as = new Index(part.getKey().name(), copied.size());
        copied.add(as);
        for (KeyRange range : part.getValue()) {
          write(part.getKey(), range, as.id());
        }
        finishTable();
      }
      copy.finish(
          Version.empty().apply(new VersionEdit(copied, added, List.of(), sequence, 1, nextFile)));
    } finally {
      TableWriter open = writer;
      if (open != null) {
        open.close();
      }
    }
  }

  private void write(Index index, KeyRange range, int as) throws IOException {
    KeyRange left = range;
    while (true) {
      long began = System.nanoTime();
      long goal = bytes.get() + PIECE_BYTES;
      byte[] last = new byte[0];
      try (Cursor cursor = source.cursor(index, left)) {
        while (bytes.get() < goal) {
          if (cancelled) {
            throw new CancellationException("the copy was cancelled");
          }
          if (!cursor.next()) {
            return;
          }
          last = cursor.key();
          add(as, last, cursor.sequence(), cursor.valueSegment());
        }
      }
      left = new KeyRange(Arrays.copyOf(last, last.length + 1), range.to()); // its successor
      LockSupport.parkNanos(this, Math.min(System.nanoTime() - began, MAX_REST_NANOS));
    }
  }

  private void add(int index, byte[] key, long entrySequence, MemorySegment value)
      throws IOException {
    TableWriter open = writer;
    if (open != null && open.bytes() >= options.tableBytes()) {
      finishTable();
      open = null;
    }
    if (open == null) {
      open =
          new TableWriter(
              target, nextFile++, index, options.blockBytes(), options.compression(BOTTOM));
      writer = open;
    }
    int valueLength = Math.toIntExact(value.byteSize());
    open.add(key, key.length, entrySequence, Kind.PUT, value, 0, valueLength);
    entries.incrementAndGet();
    bytes.addAndGet(key.length + valueLength);
  }

  private void finishTable() throws IOException {
    TableWriter open = writer;
    if (open != null) {
      writer = null;
      try (open) {
        added.add(new VersionEdit.Added(BOTTOM, open.finish()));
      }
    }
  }
}
