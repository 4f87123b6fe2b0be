package io.troupe.lsm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The indices of a store by name and by id. Thread-safe. */
final class Indices {

  private static final int MAX_NAME_BYTES = 255;

  private final Map<String, Index> byName = new HashMap<>();
  private volatile Index[] byId = new Index[0];
  private int nextId;

  /** The index of that name, made when there is none. */
  synchronized Index index(String name) {
    Index known = byName.get(name);
    if (known != null) {
      return known;
    }
    int bytes = name.getBytes(UTF_8).length;
    if (bytes == 0 || bytes > MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "the name of an index has 1 to " + MAX_NAME_BYTES + " bytes, this one " + bytes);
    }
    return add(new Index(name, nextId));
  }

  /** An index that was found on disk. */
  synchronized Index add(Index index) {
    Index[] known = Arrays.copyOf(byId, Math.max(byId.length, index.id() + 1));
    for (int i = byId.length; i < known.length; i++) {
      known[i] = index; // a place taken by nobody: its id does not match
    }
    known[index.id()] = index;
    byId = known;
    byName.put(index.name(), index);
    nextId = Math.max(nextId, index.id() + 1);
    return index;
  }

  /** Whether an index is one of these, and not of another store. */
  boolean has(Index index) {
    Index[] known = byId;
    return index.id() >= 0 && index.id() < known.length && known[index.id()].equals(index);
  }

  /** All of them, by id. */
  synchronized List<Index> all() {
    return byName.values().stream().sorted(Comparator.comparingInt(Index::id)).toList();
  }

  /** The index that has an id. */
  Index byId(int id) {
    return byId[id];
  }

  /** One more than the highest id. */
  int count() {
    return byId.length;
  }
}
