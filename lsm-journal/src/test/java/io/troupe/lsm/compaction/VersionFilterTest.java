package io.troupe.lsm.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.entry.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

class VersionFilterTest {

  private record Version(int key, long sequence, boolean delete) {}

  /**
   * Every snapshot, and who reads now, sees the same before and after; and what nobody sees is
   * gone.
   */
  @Property(tries = 1_000)
  void changesNothingThatAnyoneSees(@ForAll long seed, @ForAll boolean bottom) {
    var random = new Random(seed);
    var pinned = new TreeSet<Long>();
    for (int left = random.nextInt(4); left > 0; left--) {
      pinned.add((long) random.nextInt(40));
    }
    long[] snapshots = pinned.stream().mapToLong(Long::longValue).toArray();
    List<Version> versions = new ArrayList<>();
    for (int key = 0; key < 5; key++) {
      for (long sequence = 40; sequence > 0; sequence -= 1 + random.nextInt(15)) {
        versions.add(new Version(key, sequence, random.nextInt(3) == 0));
      }
    }
    var filter = new VersionFilter(snapshots, bottom);

    List<Version> kept =
        versions.stream()
            .filter(
                v ->
                    filter.keep(
                        new byte[] {(byte) v.key(), 9},
                        1,
                        v.sequence(),
                        v.delete() ? Kind.DELETE : Kind.PUT))
            .toList();

    pinned.add(Long.MAX_VALUE);
    for (int key = 0; key < 5; key++) {
      for (long reader : pinned) {
        Version before = newest(versions, key, reader);
        Version after = newest(kept, key, reader);
        boolean goneAtTheBottom = bottom && after == null && before != null && before.delete();
        assertThat(goneAtTheBottom || java.util.Objects.equals(before, after)).isTrue();
      }
    }
    for (Version version : kept) {
      assertThat(
              pinned.stream()
                  .anyMatch(reader -> version.equals(newest(versions, version.key(), reader))))
          .isTrue();
    }
  }

  private static @Nullable Version newest(List<Version> versions, int key, long reader) {
    for (Version version : versions) {
      if (version.key() == key && version.sequence() <= reader) {
        return version;
      }
    }
    return null;
  }
}
