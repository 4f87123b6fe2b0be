package io.troupe.lsm;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.entry.Found;
import io.troupe.lsm.entry.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reading at the newest or at a pinned sequence number. Thread-safe. */
final class Readers {

  private final EngineCore core;
  private final Indices indices;

  Readers(EngineCore core, Indices indices) {
    this.core = core;
    this.indices = indices;
  }

  Optional<byte[]> get(Index index, byte[] key, long pinned) {
    // The view first: whatever is visible when it was current is in it, and what came since is seen
    // as a whole or not at all.
    View view = acquire();
    try {
      byte[] found =
          PointLookup.find(
              core.tables(), view, index.id(), key, pinned < 0 ? core.visible() : pinned);
      return found == null || found == PointLookup.DELETED ? Optional.empty() : Optional.of(found);
    } catch (IOException e) {
      throw readFailure(e);
    } finally {
      core.views().release(view);
    }
  }

  <T> @Nullable T read(Index index, byte[] key, long pinned, ValueReader<T> look) {
    View view = acquire();
    try {
      var found = new Found();
      long at = pinned < 0 ? core.visible() : pinned;
      if (!PointLookup.find(core.tables(), view, index.id(), key, at, found)) {
        return null;
      }
      try {
        return found.kind() == Kind.DELETE
            ? null
            : look.read(
                found.valueMemory().asSlice(found.valueOffset(), found.valueLength()).asReadOnly());
      } finally {
        found.release();
      }
    } catch (IOException e) {
      throw readFailure(e);
    } finally {
      core.views().release(view);
    }
  }

  Optional<Versioned> getVersioned(Index index, byte[] key, long pinned) {
    View view = acquire();
    try {
      return PointLookup.versioned(
          core.tables(), view, index.id(), key, pinned < 0 ? core.visible() : pinned);
    } catch (IOException e) {
      throw readFailure(e);
    } finally {
      core.views().release(view);
    }
  }

  Observed observe(WriteBatch batch) {
    if (batch.expectations().isEmpty()) {
      return Observed.NOTHING;
    }
    core.checkOpen();
    try {
      return new Conditions(core).observe(batch);
    } catch (IOException e) {
      throw readFailure(e);
    }
  }

  Cursor cursor(Index index, KeyRange range, long pinned, boolean descending) {
    View view = acquire();
    boolean done = false;
    try {
      long at = pinned < 0 ? core.visible() : pinned;
      Cursor cursor =
          new StoreCursor(core.views(), view, core.tables(), at, index, range, descending);
      done = true;
      return cursor;
    } catch (IOException e) {
      throw readFailure(e);
    } finally {
      if (!done) {
        core.views().release(view);
      }
    }
  }

  Snapshot snapshot() {
    core.checkOpen();
    return new PinnedSnapshot(this, core.snapshots().pin(core::visible));
  }

  /** Copies what a pinned sequence number shows. */
  Materialiser materialiser(long pinned, Disk target, Selection selection) {
    core.checkOpen();
    List<Selection.Part> parts = selection.parts();
    if (parts.isEmpty()) {
      parts =
          indices.all().stream().map(index -> new Selection.Part(index, KeyRange.all())).toList();
    }
    for (Selection.Part part : parts) {
      if (!indices.has(part.index())) {
        throw new IllegalArgumentException("no index of this store: " + part.index());
      }
    }
    core.snapshots().pinAgain(pinned);
    return new Materialiser(
        (index, range) -> cursor(index, range, pinned, false),
        pinned,
        parts,
        target,
        core.options(),
        () -> unpin(pinned));
  }

  void unpin(long sequence) {
    core.snapshots().unpin(sequence);
  }

  static StoreException readFailure(IOException e) {
    return e instanceof CorruptionException
        ? new StoreException(StoreException.Kind.CORRUPT, String.valueOf(e.getMessage()), e)
        : new StoreException(
            StoreException.Kind.FAILED, "the disk could not be read: " + e.getMessage(), e);
  }

  private View acquire() {
    core.checkOpen();
    return core.views().acquire();
  }
}
