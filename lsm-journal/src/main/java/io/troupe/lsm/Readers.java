package io.troupe.lsm;

import java.io.IOException;
import java.util.Optional;

/** Reading at the newest or at a pinned sequence number. Thread-safe. */
final class Readers {

  private final EngineCore core;

  Readers(EngineCore core) {
    this.core = core;
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
