package io.troupe.osd.store;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.id.FileId;
import io.troupe.lsm.Cursor;
import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.Store;
import io.troupe.lsm.StoreException;
import io.troupe.lsm.WriteBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The object index in the node's LSM store; keys and values by {@link ObjectKeys}. */
final class LsmObjectIndex implements ObjectIndex {
  private final Store store;
  private final Index objects;
  private final Index inline;
  private final Index files;

  LsmObjectIndex(Store store) {
    this.store = store;
    this.objects = store.index("osd.object");
    this.inline = store.index("osd.inline");
    this.files = store.index("osd.file");
  }

  @Override
  public OptionalInt truncateEpoch(FileId file) throws StoreFailure {
    try {
      return store
          .get(files, ObjectKeys.file(file))
          .map(v -> OptionalInt.of(ObjectKeys.epochIn(v)))
          .orElse(OptionalInt.empty());
    } catch (StoreException e) {
      throw unreadable(file, e);
    }
  }

  @Override
  public Optional<BlockMap> load(FileId file, long object) throws StoreFailure {
    try {
      byte[] key = ObjectKeys.object(file, object);
      Optional<BlockMap> map = store.get(objects, key).map(BlockMap::decode);
      if (map.isPresent() && map.get().mayHaveInlineRecord()) {
        store.get(inline, key).ifPresent(map.get()::with);
      }
      return map;
    } catch (StoreException e) {
      throw unreadable(file, e);
    }
  }

  @Override
  public List<Long> objectsFrom(FileId file, long first) throws StoreFailure {
    List<Long> found = new ArrayList<>();
    try (Cursor c = store.cursor(objects, ObjectKeys.objectsFrom(file, first))) {
      while (c.next()) {
        found.add(ObjectKeys.objectIn(c.key()));
      }
    } catch (StoreException e) {
      throw unreadable(file, e);
    }
    return found;
  }

  private static StoreFailure unreadable(FileId file, StoreException e) {
    return new StoreFailure(
        Errno.EIO, "the object index of file " + file + " cannot be read: " + e.getMessage(), e);
  }

  @Override
  public void forEach(Consumer<BlockMap> each) {
    try (Cursor c = store.cursor(objects, KeyRange.all())) {
      while (c.next()) {
        each.accept(BlockMap.decode(c.value()));
      }
    }
  }

  @Override
  public CompletionStage<Long> commit(List<IndexChange> changes, boolean reclaims) {
    WriteBatch batch = new WriteBatch();
    for (IndexChange c : changes) {
      c.puts().forEach((o, v) -> batch.put(objects, ObjectKeys.object(c.file(), o), v));
      c.inlinePuts().forEach((o, v) -> batch.put(inline, ObjectKeys.object(c.file(), o), v));
      c.inlineDeletes().forEach(o -> batch.delete(inline, ObjectKeys.object(c.file(), o)));
      c.deletes().forEach(o -> batch.delete(objects, ObjectKeys.object(c.file(), o)));
      c.truncateEpoch()
          .ifPresent(e -> batch.put(files, ObjectKeys.file(c.file()), ObjectKeys.fileValue(e)));
      if (c.forgetsFile()) {
        batch.delete(files, ObjectKeys.file(c.file()));
      }
    }
    if (reclaims) {
      batch.reclaiming();
    }
    return store.commit(batch, Durability.SYNC);
  }
}
