package io.troupe.lsm.group;

import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.WriteBatch;
import java.util.Arrays;
import java.util.List;

/** A group's ranges in one store. */
final class StateRanges {

  private static final byte[] FIRST_KEY = {0};

  private final GroupRanges ranges;
  private final List<Index> indices;

  StateRanges(GroupStore store, GroupRanges ranges) {
    this.ranges = ranges;
    this.indices = ranges.ranges().stream().map(owned -> store.index(owned.index())).toList();
  }

  GroupRanges ranges() {
    return ranges;
  }

  int count() {
    return indices.size();
  }

  Index index(int range) {
    return indices.get(range);
  }

  KeyRange range(int range) {
    return ranges.ranges().get(range).range();
  }

  /** The index of that name, which one of the ranges has. */
  Index index(String name) {
    for (Index index : indices) {
      if (index.name().equals(name)) {
        return index;
      }
    }
    throw new IllegalArgumentException("no index " + name);
  }

  /** Removes all keys of all ranges. */
  void delete(WriteBatch batch) {
    for (int i = 0; i < indices.size(); i++) {
      delete(batch, i);
    }
  }

  /** Removes all keys of a range. */
  void delete(WriteBatch batch, int number) {
    Index index = index(number);
    KeyRange range = range(number);
    byte[] from = range.from().length == 0 ? FIRST_KEY : range.from();
    if (range.to().isPresent()) {
      if (Arrays.compareUnsigned(from, range.to().get()) < 0) {
        batch.deleteRange(index, from, range.to().get());
      }
    } else {
      byte[] last = new byte[WriteBatch.MAX_KEY_BYTES]; // no key is above it
      Arrays.fill(last, (byte) 0xff);
      if (Arrays.compareUnsigned(from, last) < 0) {
        batch.deleteRange(index, from, last);
      }
      batch.delete(index, last);
    }
  }

  /** Puts what a chunk of a snapshot holds. */
  void put(WriteBatch batch, byte[] chunk) {
    ChunkFormat.decode(chunk, ranges, indices, batch);
  }

  /** Adds what a replicated batch does. */
  void add(WriteBatch batch, byte[] portable) {
    PortableBatch.addTo(batch, portable, ranges, this::index);
  }
}
