package io.troupe.mrc;

import io.troupe.actors.id.PartitionId;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.group.GroupRanges;
import io.troupe.lsm.pekko.PersistenceRanges;
import io.troupe.mrc.namespace.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything in a store that belongs to a partition: its part of the namespace, and what its Volume
 * and the Files of it persist.
 */
public final class PartitionRanges {
  private PartitionRanges() {}

  /** Needs {@code lsm-journal.query-index = off}: its indices belong to the whole store. */
  public static GroupRanges of(PartitionId partition) {
    List<GroupRanges.Owned> owned = new ArrayList<>();
    KeyRange records = KeyRange.prefix(Table.prefixOf(partition));
    for (Table table : Table.values()) {
      owned.add(new GroupRanges.Owned(table.index(), records));
    }
    owned.addAll(PersistenceRanges.ofId("Volume|" + partition));
    // The second bar ends the partition's number: 1 is not the beginning of 10.
    owned.addAll(PersistenceRanges.ofPrefix("File|" + partition + "|"));
    return new GroupRanges(owned);
  }
}
