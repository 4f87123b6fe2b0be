package io.troupe.lsm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What of a store is copied: everything, or some ranges of some indices.
 *
 * @param parts what to copy, ordered by index and key, without overlap; empty means everything
 */
public record Selection(List<Part> parts) {

  private static final Comparator<Part> ORDER =
      Comparator.comparingInt((Part part) -> part.index().id())
          .thenComparing(part -> part.range().from(), Arrays::compareUnsigned);

  /** A range of an index. */
  public record Part(Index index, KeyRange range) {}

  public Selection {
    parts = parts.stream().sorted(ORDER).toList();
    for (int i = 1; i < parts.size(); i++) {
      Part before = parts.get(i - 1);
      Part part = parts.get(i);
      if (before.index().equals(part.index())
          && (before.range().to().isEmpty()
              || Arrays.compareUnsigned(before.range().to().get(), part.range().from()) > 0)) {
        throw new IllegalArgumentException("ranges of index " + part.index().name() + " overlap");
      }
    }
  }

  /** Every index, whole. */
  public static Selection all() {
    return new Selection(List.of());
  }

  /** A whole index. */
  public static Selection of(Index index) {
    return of(index, KeyRange.all());
  }

  /** A range of an index. */
  public static Selection of(Index index, KeyRange range) {
    return new Selection(List.of(new Part(index, range)));
  }

  /**
   * A range of an index besides.
   *
   * @throws IllegalArgumentException when this is everything, or the range overlaps another
   */
  public Selection and(Index index, KeyRange range) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("everything is selected already");
    }
    List<Part> more = new ArrayList<>(parts);
    more.add(new Part(index, range));
    return new Selection(more);
  }
}
