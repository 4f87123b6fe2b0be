package io.troupe.lsm.group;

import io.troupe.lsm.KeyRange;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The keys that a group owns: those of no other group of the store, the same on every member. */
public record GroupRanges(List<Owned> ranges) {

  /**
   * A range of keys of an index.
   *
   * @param index its name, since ids differ from store to store
   */
  public record Owned(String index, KeyRange range) {}

  /** As many as a chunk of a snapshot can number. */
  static final int MAX_RANGES = 0xffff;

  public GroupRanges {
    ranges = List.copyOf(ranges);
    if (ranges.isEmpty() || ranges.size() > MAX_RANGES) {
      throw new IllegalArgumentException("a group of " + ranges.size() + " ranges");
    }
    for (Owned owned : ranges) {
      if (owned.index().startsWith(LogStore.RESERVED)) {
        throw new IllegalArgumentException("index " + owned.index() + " is not for groups");
      }
    }
  }

  /** Whether a key belongs to the group. */
  boolean owns(String index, byte[] key) {
    for (Owned owned : ranges) {
      if (owned.index().equals(index) && owned.range().contains(key)) {
        return true;
      }
    }
    return false;
  }

  /** Whether all keys from one on, and in front of another, belong to the group. */
  boolean owns(String index, byte[] from, byte[] to) {
    for (Owned owned : ranges) {
      Optional<byte[]> end = owned.range().to();
      if (owned.index().equals(index)
          && owned.range().contains(from)
          && (end.isEmpty() || Arrays.compareUnsigned(to, end.get()) <= 0)) {
        return true;
      }
    }
    return false;
  }
}
