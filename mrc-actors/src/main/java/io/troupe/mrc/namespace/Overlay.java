package io.troupe.mrc.namespace;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** What a batch has changed so far, over the records that are committed. Not thread-safe. */
public final class Overlay implements Records {
  private final Records committed;
  private final Map<Table, NavigableMap<byte[], Optional<byte[]>>> changes =
      new EnumMap<>(Table.class);
  private long bytes;

  public Overlay(Records committed) {
    this.committed = committed;
  }

  void put(Table table, byte[] key, byte[] value) {
    of(table).put(key, Optional.of(value));
    bytes += key.length + value.length;
  }

  void delete(Table table, byte[] key) {
    of(table).put(key, Optional.empty());
    bytes += key.length;
  }

  private NavigableMap<byte[], Optional<byte[]>> of(Table table) {
    return changes.computeIfAbsent(table, t -> new TreeMap<>(Arrays::compareUnsigned));
  }

  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /** About how much has been changed; grows with every change, also of the same record. */
  public long bytes() {
    return bytes;
  }

  /** All changes; an empty value is a deletion. */
  public void forEach(Sink sink) {
    changes.forEach((table, m) -> m.forEach((key, value) -> sink.accept(table, key, value)));
  }

  /** Takes one change. */
  public interface Sink {
    void accept(Table table, byte[] key, Optional<byte[]> value);
  }

  @Override
  public Optional<byte[]> get(Table table, byte[] key) {
    NavigableMap<byte[], Optional<byte[]>> changed = changes.get(table);
    if (changed != null) {
      Optional<byte[]> value = changed.get(key);
      if (value != null) {
        return value;
      }
    }
    return committed.get(table, key);
  }

  @Override
  public void scan(Table table, byte[] from, byte[] to, Visitor visitor) {
    NavigableMap<byte[], Optional<byte[]>> changed = changes.get(table);
    if (changed == null) {
      committed.scan(table, from, to, visitor);
      return;
    }
    new Merge(changed, from, to, visitor).run(table);
  }

  /** Walks committed and changed records together, in key order; the changed one wins. */
  private final class Merge {
    private final NavigableMap<byte[], Optional<byte[]>> changed;
    private final byte[] to;
    private final Visitor visitor;
    private byte[] next;
    private boolean going = true;

    Merge(NavigableMap<byte[], Optional<byte[]>> changed, byte[] from, byte[] to, Visitor visitor) {
      this.changed = changed;
      this.to = to;
      this.visitor = visitor;
      this.next = from;
    }

    void run(Table table) {
      committed.scan(
          table,
          next,
          to,
          (key, value) -> {
            changedUpTo(key);
            if (going && !changed.containsKey(key)) {
              going = visitor.visit(key, value);
            } else if (going) {
              Optional<byte[]> newer = changed.get(key);
              going = newer == null || newer.isEmpty() || visitor.visit(key, newer.get());
            }
            next = Keys.after(key);
            return going;
          });
      if (going) {
        changedUpTo(to);
      }
    }

    private void changedUpTo(byte[] end) {
      if (Arrays.compareUnsigned(next, end) >= 0) {
        return;
      }
      for (Map.Entry<byte[], Optional<byte[]>> e : changed.subMap(next, end).entrySet()) {
        if (going && e.getValue().isPresent()) {
          going = visitor.visit(e.getKey(), e.getValue().get());
        }
      }
    }
  }
}
