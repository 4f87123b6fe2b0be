package io.troupe.lsm.range;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Deletes of ranges, cut at each other's ends: fragments that are ordered and do not overlap, each
 * with the sequence numbers of the deletes that cover it, the newest first. Immutable.
 *
 * <p>A search takes two binary searches and allocates nothing.
 */
public final class RangeTombstones {

  /** None. */
  public static final RangeTombstones NONE =
      new RangeTombstones(new byte[0][], new byte[0][], new long[0][]);

  private final byte[][] from; // of each fragment
  private final byte[][] to;
  private final long[][] sequences; // descending

  private RangeTombstones(byte[][] from, byte[][] to, long[][] sequences) {
    this.from = from;
    this.to = to;
    this.sequences = sequences;
  }

  /** Those deletes, in any order. */
  public static RangeTombstones of(Collection<RangeTombstone> tombstones) {
    if (tombstones.isEmpty()) {
      return NONE;
    }
    List<RangeTombstone> sorted = new ArrayList<>(tombstones);
    sorted.sort(Comparator.comparing(RangeTombstone::from, Arrays::compareUnsigned));
    var cuts = new TreeSet<byte[]>(Arrays::compareUnsigned);
    for (RangeTombstone tombstone : sorted) {
      cuts.add(tombstone.from());
      cuts.add(tombstone.to());
    }
    var result = new Builder();
    var open =
        new PriorityQueue<RangeTombstone>(
            Comparator.comparing(RangeTombstone::to, Arrays::compareUnsigned));
    var live = new TreeSet<Long>(Comparator.reverseOrder());
    int next = 0;
    byte[] start = new byte[0];
    for (byte[] cut : cuts) {
      if (!live.isEmpty()) {
        result.add(start, cut, live.stream().mapToLong(Long::longValue).toArray());
      }
      boolean ended = false;
      for (RangeTombstone first = open.peek();
          first != null && Arrays.compareUnsigned(first.to(), cut) <= 0;
          first = open.peek()) {
        open.remove();
        ended = true;
      }
      if (ended) {
        live.clear(); // two deletes of one batch share a sequence number: it lives while one does
        open.forEach(tombstone -> live.add(tombstone.sequence()));
      }
      while (next < sorted.size() && Arrays.equals(sorted.get(next).from(), cut)) {
        RangeTombstone tombstone = sorted.get(next++);
        open.add(tombstone);
        live.add(tombstone.sequence());
      }
      start = cut;
    }
    return result.build();
  }

  /** All deletes of some lists. */
  public static RangeTombstones union(List<RangeTombstones> lists) {
    List<RangeTombstones> some = lists.stream().filter(list -> !list.isEmpty()).toList();
    if (some.size() < 2) {
      return some.isEmpty() ? NONE : some.getFirst();
    }
    List<RangeTombstone> all = new ArrayList<>();
    some.forEach(list -> all.addAll(list.all()));
    return of(all);
  }

  public boolean isEmpty() {
    return from.length == 0;
  }

  /** How many fragments there are. */
  public int size() {
    return from.length;
  }

  /** About how many bytes it takes in memory. */
  public long bytes() {
    long bytes = 0;
    for (int i = 0; i < from.length; i++) {
      bytes += 80L + from[i].length + to[i].length + (long) Long.BYTES * sequences[i].length;
    }
    return bytes;
  }

  /** One for each sequence number of each fragment, ordered by key, then the newest first. */
  public List<RangeTombstone> all() {
    List<RangeTombstone> all = new ArrayList<>();
    for (int i = 0; i < from.length; i++) {
      for (long sequence : sequences[i]) {
        all.add(new RangeTombstone(from[i], to[i], sequence));
      }
    }
    return all;
  }

  /**
   * The sequence number of the newest delete that covers a key and is not newer than {@code upTo};
   * 0 when there is none.
   */
  public long newest(byte[] key, long upTo) {
    return newest(key, key.length, upTo);
  }

  /** As {@link #newest(byte[], long)}, for a key that is the start of an array. */
  public long newest(byte[] key, int length, long upTo) {
    int at = fragment(key, length);
    return at < 0 ? 0 : newestOf(at, upTo);
  }

  /** The fragment that a key lies in; -1 when it lies in none. */
  public int fragment(byte[] key, int length) {
    int low = 0;
    int high = to.length;
    while (low < high) { // the first that ends behind the key
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(to[middle], 0, to[middle].length, key, 0, length) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < from.length
            && Arrays.compareUnsigned(from[low], 0, from[low].length, key, 0, length) <= 0
        ? low
        : -1;
  }

  /** The newest delete of a fragment that is not newer than {@code upTo}; 0 when there is none. */
  public long newestOf(int fragment, long upTo) {
    long[] descending = sequences[fragment];
    if (descending[0] <= upTo) {
      return descending[0];
    }
    int low = 1;
    int high = descending.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (descending[middle] > upTo) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < descending.length ? descending[low] : 0;
  }

  /** Where a fragment starts. */
  public byte[] from(int fragment) {
    return from[fragment];
  }

  /** The first key behind a fragment. */
  public byte[] to(int fragment) {
    return to[fragment];
  }

  /**
   * Whether every key of a range is covered by a delete with a sequence number above {@code above}
   * and up to {@code upTo}.
   *
   * @param closed whether {@code last} belongs to the range
   */
  public boolean cover(byte[] first, byte[] last, boolean closed, long above, long upTo) {
    int at = fragment(first, first.length);
    while (at >= 0 && at < from.length && newestOf(at, upTo) > above) {
      int order = Arrays.compareUnsigned(to[at], last);
      if (order > 0 || (order == 0 && !closed)) {
        return true;
      }
      at = at + 1 < from.length && Arrays.equals(to[at], from[at + 1]) ? at + 1 : -1;
    }
    return false;
  }

  /** What of it lies in a range; no end means the end of all keys. */
  public RangeTombstones within(byte[] first, byte @Nullable [] end) {
    var result = new Builder();
    for (int i = reaching(first); i < from.length; i++) {
      if (end != null && Arrays.compareUnsigned(from[i], end) >= 0) {
        break;
      }
      byte[] start = Arrays.compareUnsigned(from[i], first) < 0 ? first : from[i];
      byte[] stop = end != null && Arrays.compareUnsigned(to[i], end) > 0 ? end : to[i];
      result.add(start, stop, sequences[i]);
    }
    return result.build();
  }

  /** The first fragment that ends behind a key. */
  private int reaching(byte[] key) {
    int low = 0;
    int high = to.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(to[middle], key) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Chooses what stays of a fragment. */
  public interface Choice {
    /** The sequence numbers that stay, descending; none when the fragment goes. */
    long[] keep(byte[] from, byte[] to, long[] descending);
  }

  /** What a choice leaves; neighbours that are left with the same numbers become one. */
  public RangeTombstones keeping(Choice choice) {
    var result = new Builder();
    for (int i = 0; i < from.length; i++) {
      long[] kept = choice.keep(from[i], to[i], sequences[i]);
      if (kept.length > 0) {
        result.add(from[i], to[i], kept);
      }
    }
    return result.build();
  }

  /** Fragments in order; joins those that say the same. */
  private static final class Builder {
    private final List<byte[]> from = new ArrayList<>();
    private final List<byte[]> to = new ArrayList<>();
    private final List<long[]> sequences = new ArrayList<>();

    void add(byte[] start, byte[] end, long[] descending) {
      if (!to.isEmpty()
          && Arrays.equals(to.getLast(), start)
          && Arrays.equals(sequences.getLast(), descending)) {
        to.set(to.size() - 1, end);
        return;
      }
      from.add(start);
      to.add(end);
      sequences.add(descending);
    }

    RangeTombstones build() {
      return from.isEmpty()
          ? NONE
          : new RangeTombstones(
              from.toArray(byte[][]::new),
              to.toArray(byte[][]::new),
              sequences.toArray(long[][]::new));
    }
  }
}
