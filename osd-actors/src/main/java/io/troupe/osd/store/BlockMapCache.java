package io.troupe.osd.store;

import io.troupe.actors.id.FileId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Block maps that are what the index holds, of all files of a store: the least recently used go
 * when they need too many bytes. A map that is changed must be taken out first, since nobody else
 * keeps what is in here from being read as the durable state. Only the single writer of a file asks
 * for its maps. Thread-safe; the lock is held for a look-up, or for what {@link #drop} drops.
 */
final class BlockMapCache {
  /** An estimate of what an entry needs beside the map: its keys and nodes, and a file its set. */
  static final int ENTRY_BYTES = 384;

  private record Key(FileId file, long object) {}

  private record Entry(BlockMap map, long bytes) {}

  private final long maxBytes;
  private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<FileId, Set<Long>> objects = new HashMap<>();
  private long bytes;

  BlockMapCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  synchronized @Nullable BlockMap get(FileId file, long object) {
    Entry e = entries.get(new Key(file, object));
    return e == null ? null : e.map();
  }

  /** Puts a map in that nobody changes while it is here; a larger one than all room stays out. */
  synchronized void put(FileId file, long object, BlockMap map) {
    remove(file, object);
    Entry added = new Entry(map, ENTRY_BYTES + map.memoryBytes());
    entries.put(new Key(file, object), added);
    objects.computeIfAbsent(file, f -> new HashSet<>()).add(object);
    bytes += added.bytes();
    while (bytes > maxBytes) {
      Map.Entry<Key, Entry> eldest = Objects.requireNonNull(entries.pollFirstEntry());
      left(eldest.getKey(), eldest.getValue());
    }
  }

  synchronized void remove(FileId file, long object) {
    Key key = new Key(file, object);
    Entry removed = entries.remove(key);
    if (removed != null) {
      left(key, removed);
    }
  }

  private void left(Key key, Entry entry) {
    bytes -= entry.bytes();
    Set<Long> ofFile = Objects.requireNonNull(objects.get(key.file()));
    ofFile.remove(key.object());
    if (ofFile.isEmpty()) {
      objects.remove(key.file());
    }
  }

  /** Takes all maps of a file out. */
  synchronized void drop(FileId file) {
    Set<Long> dropped = objects.remove(file);
    if (dropped != null) {
      for (long object : dropped) {
        bytes -= Objects.requireNonNull(entries.remove(new Key(file, object))).bytes();
      }
    }
  }

  /** Visits a file's maps without using them: they go as early as before. */
  synchronized void forEach(FileId file, BiConsumer<Long, BlockMap> each) {
    entries.forEach(
        (key, entry) -> {
          if (key.file().equals(file)) {
            each.accept(key.object(), entry.map());
          }
        });
  }

  synchronized long bytes() {
    return bytes;
  }
}
