package io.troupe.lsm.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.entry.Keys;
import io.troupe.lsm.entry.Kind;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class GuideTest {

  private record Version(byte[] key, long sequence) {
    int compareTo(Version other) {
      return Keys.compare(key, sequence, other.key, other.sequence);
    }
  }

  @Property(tries = 300)
  void leadsWhereEveryEntryWasComparedWith(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 120) int count) throws Exception {
    var random = new Random(seed);
    List<Version> versions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      versions.add(version(random));
    }
    versions.sort(Version::compareTo);
    for (int i = versions.size() - 1; i > 0; i--) {
      if (versions.get(i).compareTo(versions.get(i - 1)) == 0) {
        versions.remove(i);
      }
    }
    Block block = indexBlock(versions);

    for (int i = 0; i < 200; i++) {
      Version wanted =
          random.nextBoolean() ? version(random) : versions.get(random.nextInt(versions.size()));
      int expected = 0;
      while (expected < versions.size() && versions.get(expected).compareTo(wanted) < 0) {
        expected++;
      }
      assertThat(block.firstFrom(wanted.key(), wanted.sequence())).isEqualTo(expected);
    }
  }

  /** Few bytes, of which some are zero, behind starts that many have in common. */
  private static Version version(Random random) {
    byte[] key = new byte[random.nextInt(4) == 0 ? random.nextInt(4) : 8 + random.nextInt(20)];
    Arrays.fill(key, (byte) 7);
    for (int i = 0; i < key.length; i++) {
      if (random.nextInt(6) == 0 || i >= 16) {
        key[i] = (byte) new int[] {0, 7, 200}[random.nextInt(3)];
      }
    }
    return new Version(key, random.nextInt(3));
  }

  private static Block indexBlock(List<Version> versions) throws Exception {
    var builder = new BlockBuilder(false);
    for (Version version : versions) {
      builder.add(
          version.key(),
          version.key().length,
          0,
          version.sequence(),
          Kind.PUT,
          MemorySegment.ofArray(new byte[10]),
          0,
          10);
    }
    byte[] body = Arrays.copyOf(builder.finish(), builder.length());
    var block = new Block(MemorySegment.ofArray(body), 0, body.length, 1, 0, -1);
    block.parse("test");
    return block;
  }
}
