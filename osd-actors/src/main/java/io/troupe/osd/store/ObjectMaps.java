package io.troupe.osd.store;

import io.troupe.actors.id.FileId;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The block maps of one file's objects that are in memory. The newest state of an object is the
 * first that is found of: changed since the last sync, in the commit under way, in the store's
 * cache of unchanged ones, in the index. A map in the commit under way is not in the index yet and
 * must not be forgotten: the cache, which may forget any, has neither those nor the changed ones.
 * For one thread at a time.
 */
final class ObjectMaps {
  /** Looks an object up in the index. */
  interface Loader {
    Optional<BlockMap> load(long object) throws StoreFailure;
  }

  private final FileId file;
  private final BlockMapCache clean;
  private final Loader index;
  private final Map<Long, BlockMap> dirty = new HashMap<>();
  private Map<Long, BlockMap> committing = Map.of();

  ObjectMaps(FileId file, BlockMapCache clean, Loader index) {
    this.file = file;
    this.clean = clean;
    this.index = index;
  }

  /** The object's map; an empty one where there is no object. */
  BlockMap get(long object) throws StoreFailure {
    BlockMap known = inMemory(object);
    if (known == null) {
      known = index.load(object).orElseGet(BlockMap::new);
      clean.put(file, object, known);
    }
    return known;
  }

  /** The same, not to be changed, and without pushing another one out of memory. */
  BlockMap peek(long object) throws StoreFailure {
    BlockMap known = inMemory(object);
    return known == null ? index.load(object).orElseGet(BlockMap::new) : known;
  }

  private @Nullable BlockMap inMemory(long object) {
    BlockMap known = dirty.get(object);
    if (known == null) {
      known = committing.get(object);
    }
    return known == null ? clean.get(file, object) : known;
  }

  /** Says that the map that {@link #get} gave was changed. */
  void changed(long object, BlockMap map) {
    if (dirty.put(object, map) == null) {
      clean.remove(file, object);
    }
  }

  Map<Long, BlockMap> dirty() {
    return Collections.unmodifiableMap(dirty);
  }

  /** Numbers of the objects from one on that the index may not know yet. */
  Set<Long> notInIndexFrom(long first) {
    Set<Long> found = new TreeSet<>();
    for (Map<Long, BlockMap> maps : List.of(dirty, committing)) {
      for (long object : maps.keySet()) {
        if (object >= first) {
          found.add(object);
        }
      }
    }
    return found;
  }

  /** What was changed goes into a commit; it is found here until that is done. */
  Map<Long, BlockMap> beginCommit() {
    if (!committing.isEmpty()) {
      throw new IllegalStateException("a commit is under way");
    }
    committing = Map.copyOf(dirty);
    dirty.clear();
    return committing;
  }

  /** The index has it. */
  void committed() {
    committing.forEach(
        (object, map) -> {
          if (!dirty.containsKey(object)) {
            clean.put(file, object, map);
          }
        });
    committing = Map.of();
  }

  /** The index does not have it: it is as if it had never been begun. */
  void notCommitted() {
    committing.forEach(dirty::putIfAbsent);
    committing = Map.of();
  }

  /** The index has everything, and other things than are known here. */
  void forget() {
    if (!committing.isEmpty()) {
      throw new IllegalStateException("a commit is under way");
    }
    dirty.clear();
    clean.drop(file);
  }

  /** Nobody knows what the index has: nothing of this may be found later. */
  void abandon() {
    clean.drop(file);
  }
}
