package io.troupe.mrc.volume;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.Store;
import io.troupe.mrc.namespace.Records;
import io.troupe.mrc.namespace.Table;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The committed records, in the node's store. */
final class StoreRecords implements Records {
  private final Store store;
  private final Map<Table, Index> indices = new EnumMap<>(Table.class);

  StoreRecords(Store store) {
    this.store = store;
    for (Table t : Table.values()) {
      indices.put(t, store.index(t.index()));
    }
  }

  private Index index(Table table) {
    return Objects.requireNonNull(indices.get(table));
  }

  @Override
  public Optional<byte[]> get(Table table, byte[] key) {
    return store.get(index(table), key);
  }

  @Override
  public void scan(Table table, byte[] from, byte[] to, Visitor visitor) {
    try (Cursor c = store.cursor(index(table), KeyRange.between(from, to))) {
      boolean more = true;
      while (more && c.next()) {
        more = visitor.visit(c.key(), c.value());
      }
    }
  }
}
