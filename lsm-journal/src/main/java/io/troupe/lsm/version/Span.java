package io.troupe.lsm.version;

import java.util.Arrays;
import java.util.List;

/**
 * From one key to another.
 *
 * @param smallest the first key
 * @param largest the last key
 * @param openEnd whether {@code largest} itself does not belong to it
 */
public record Span(byte[] smallest, byte[] largest, boolean openEnd) {

  /** The narrowest span around some tables. There must be one. */
  public static Span around(List<TableMeta> tables) {
    Span span = tables.getFirst().span();
    for (int i = 1; i < tables.size(); i++) {
      span = span.with(tables.get(i).span());
    }
    return span;
  }

  /** The narrowest span around both. */
  public Span with(Span other) {
    int order = Arrays.compareUnsigned(largest, other.largest);
    Span last = order > 0 ? this : order < 0 || openEnd ? other : this;
    return new Span(
        Arrays.compareUnsigned(smallest, other.smallest) <= 0 ? smallest : other.smallest,
        last.largest,
        last.openEnd);
  }

  /** Whether any key belongs to both. */
  public boolean overlaps(Span other) {
    return !endsBefore(other.smallest) && !other.endsBefore(smallest);
  }

  /** Whether that key and all above it lie behind. */
  public boolean endsBefore(byte[] key) {
    int order = Arrays.compareUnsigned(largest, key);
    return order < 0 || (order == 0 && openEnd);
  }
}
