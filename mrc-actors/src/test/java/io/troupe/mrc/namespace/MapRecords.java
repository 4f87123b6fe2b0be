package io.troupe.mrc.namespace;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Records in memory: what a store holds after its commits. */
public final class MapRecords implements Records {
  private final Map<Table, NavigableMap<byte[], byte[]>> tables = new EnumMap<>(Table.class);

  public NavigableMap<byte[], byte[]> table(Table table) {
    return tables.computeIfAbsent(table, t -> new TreeMap<>(Arrays::compareUnsigned));
  }

  public void commit(Overlay overlay) {
    overlay.forEach(
        (table, key, value) -> {
          if (value.isPresent()) {
            table(table).put(key, value.get());
          } else {
            table(table).remove(key);
          }
        });
  }

  @Override
  public Optional<byte[]> get(Table table, byte[] key) {
    return Optional.ofNullable(table(table).get(key));
  }

  @Override
  public void scan(Table table, byte[] from, byte[] to, Visitor visitor) {
    for (Map.Entry<byte[], byte[]> e : table(table).subMap(from, to).entrySet()) {
      if (!visitor.visit(e.getKey(), e.getValue())) {
        return;
      }
    }
  }
}
