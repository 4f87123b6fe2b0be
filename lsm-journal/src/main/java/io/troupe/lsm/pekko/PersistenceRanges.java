package io.troupe.lsm.pekko;

import io.troupe.lsm.KeyRange;
import io.troupe.lsm.group.GroupRanges;
import java.util.List;

/**
 * The keys under which events and durable states of some persistence ids are kept, for a group that
 * owns them: all that goes to a {@link CommitRoute}, and so without snapshots and without what
 * {@code lsm-journal.query-index} adds.
 */
public final class PersistenceRanges {
  private PersistenceRanges() {}

  /** Of one id. */
  public static List<GroupRanges.Owned> ofId(String id) {
    byte[] plain = Keys.plain(id);
    KeyRange alone = KeyRange.between(plain, Keys.next(id));
    return of(KeyRange.prefix(Keys.next(id)), alone);
  }

  /** Of all ids that begin like this. */
  public static List<GroupRanges.Owned> ofPrefix(String prefix) {
    KeyRange all = KeyRange.prefix(Keys.plain(prefix));
    return of(all, all);
  }

  private static List<GroupRanges.Owned> of(KeyRange numbered, KeyRange plain) {
    return List.of(
        new GroupRanges.Owned(EventIndices.EVENTS, numbered),
        new GroupRanges.Owned(EventIndices.HIGHEST, plain),
        new GroupRanges.Owned(EventIndices.DELETED, plain),
        new GroupRanges.Owned(StateIndices.STATES, plain));
  }
}
