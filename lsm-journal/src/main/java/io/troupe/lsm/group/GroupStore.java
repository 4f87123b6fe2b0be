package io.troupe.lsm.group;

import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.Snapshot;
import io.troupe.lsm.Store;
import io.troupe.lsm.StoreException;
import io.troupe.lsm.WriteBatch;
import java.util.concurrent.CompletionStage;

/** What groups need of the store that they share: as in {@link Store}. */
public interface GroupStore {

  Index index(String name);

  /** Commits; batches in the order in which they were handed over. Never blocks. */
  CompletionStage<Long> commit(WriteBatch batch, Durability durability);

  /**
   * Commits and waits.
   *
   * @throws StoreException when it failed
   */
  long commitAndWait(WriteBatch batch, Durability durability);

  /** Pins what is committed and visible. Never blocks. */
  Snapshot snapshot();

  /** Whether batches that put something are taken. */
  boolean hasRoom();

  /** The store of a node. */
  static GroupStore of(Store store) {
    return new GroupStore() {
      @Override
      public Index index(String name) {
        return store.index(name);
      }

      @Override
      public CompletionStage<Long> commit(WriteBatch batch, Durability durability) {
        // What is applied is on disk as entries: whoever waits for it has waited for their sync.
        return durability == Durability.OS
            ? store.commitHere(batch)
            : store.commit(batch, durability);
      }

      @Override
      public long commitAndWait(WriteBatch batch, Durability durability) {
        return store.commitAndWait(batch, durability);
      }

      @Override
      public Snapshot snapshot() {
        return store.snapshot();
      }

      @Override
      public boolean hasRoom() {
        return store.hasRoom();
      }
    };
  }
}
