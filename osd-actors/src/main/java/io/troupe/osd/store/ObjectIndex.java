package io.troupe.osd.store;

import io.troupe.actors.id.FileId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The durable index: where each object's blocks lie, and each file's epoch. Thread-safe. */
interface ObjectIndex {
  /** Absent where the file was never truncated. */
  OptionalInt truncateEpoch(FileId file) throws StoreFailure;

  /** With its inline blocks, as far as they are there. */
  Optional<BlockMap> load(FileId file, long object) throws StoreFailure;

  /** Numbers of the objects of a file from one on, ascending. */
  List<Long> objectsFrom(FileId file, long first) throws StoreFailure;

  /** All block maps of all files, without inline blocks. */
  void forEach(Consumer<BlockMap> each);

  /**
   * Makes changes durable, all or none; visible from then on. Commits take effect in the order of
   * the calls. Never blocks.
   *
   * @param reclaims the changes free more than they take, and are to be taken on a full disk, too
   * @return fails with {@link io.troupe.lsm.StoreException}
   */
  CompletionStage<Long> commit(List<IndexChange> changes, boolean reclaims);
}
