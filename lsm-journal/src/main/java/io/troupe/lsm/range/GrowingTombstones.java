package io.troupe.lsm.range;

import java.util.ArrayList;
import java.util.List;

/**
 * The deletes of ranges of a memtable. One writer, any number of readers.
 *
 * <p>Held as lists of doubling sizes, of which equal ones are joined as in a binary counter: to add
 * one costs the making of a logarithmic number of lists, to search one a search in each of them.
 * Each state is immutable and published as a whole.
 */
public final class GrowingTombstones {

  private record Counted(RangeTombstones list, int added, long bytes) {
    static Counted of(RangeTombstones list, int added) {
      return new Counted(list, added, list.bytes());
    }
  }

  private volatile List<Counted> lists = List.of(); // the largest first

  /**
   * Adds one. Writer only.
   *
   * @return how many bytes of memory it takes more, or less
   */
  public long add(RangeTombstone tombstone) {
    List<Counted> before = lists;
    List<Counted> next = new ArrayList<>(before);
    var last = Counted.of(RangeTombstones.of(List.of(tombstone)), 1);
    while (!next.isEmpty() && next.getLast().added() <= last.added()) {
      Counted previous = next.removeLast();
      last =
          Counted.of(
              RangeTombstones.union(List.of(previous.list(), last.list())),
              previous.added() + last.added());
    }
    next.add(last);
    lists = List.copyOf(next);
    return bytes(next) - bytes(before);
  }

  public boolean isEmpty() {
    return lists.isEmpty();
  }

  /** As {@link RangeTombstones#newest}. */
  public long newest(byte[] key, long upTo) {
    long newest = 0;
    List<Counted> now = lists;
    for (int i = 0; i < now.size(); i++) {
      newest = Math.max(newest, now.get(i).list().newest(key, upTo));
    }
    return newest;
  }

  /** All of them as they are now. */
  public RangeTombstones all() {
    List<Counted> now = lists;
    return now.isEmpty()
        ? RangeTombstones.NONE
        : RangeTombstones.union(now.stream().map(Counted::list).toList());
  }

  /** The lists as they are now, to take parts of. */
  public List<RangeTombstones> lists() {
    return lists.stream().map(Counted::list).toList();
  }

  private static long bytes(List<Counted> lists) {
    long bytes = 0;
    for (Counted list : lists) {
      bytes += list.bytes();
    }
    return bytes;
  }
}
