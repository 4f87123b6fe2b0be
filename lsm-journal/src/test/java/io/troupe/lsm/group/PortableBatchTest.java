package io.troupe.lsm.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.WriteBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PortableBatchTest {

  private static final List<String> NAMES = List.of("a", "b", "größe");

  /** The same names have other ids in the other store. */
  private static final Map<String, Index> HERE =
      Map.of("a", new Index("a", 3), "b", new Index("b", 7), "größe", new Index("größe", 0));

  private static final Map<String, Index> THERE =
      Map.of("a", new Index("a", 1), "b", new Index("b", 0), "größe", new Index("größe", 900));

  private static final GroupRanges ALL =
      new GroupRanges(
          NAMES.stream().map(name -> new GroupRanges.Owned(name, KeyRange.all())).toList());

  private static Index here(String name) {
    return HERE.getOrDefault(name, new Index(name, 99));
  }

  private static Index there(String name) {
    return THERE.getOrDefault(name, new Index(name, 99));
  }

  private static byte[] key(Random random) {
    byte[] key = new byte[1 + random.nextInt(3)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(4) * 80);
    }
    return key;
  }

  private static WriteBatch random(Random random) {
    var batch = new WriteBatch();
    for (int left = random.nextInt(12); left > 0; left--) {
      Index index = here(NAMES.get(random.nextInt(3)));
      byte[] key = key(random);
      boolean counter = index.name().equals("größe");
      byte[] other = key(random);
      int order = Arrays.compareUnsigned(key, other);
      switch (random.nextInt(5)) {
        case 0 -> batch.delete(index, key);
        case 1 -> {
          if (order != 0) {
            batch.deleteRange(index, order < 0 ? key : other, order < 0 ? other : key);
          }
        }
        case 2 -> batch.add(here("größe"), key, random.nextLong());
        default -> {
          byte[] value = new byte[counter ? 8 : random.nextInt(300)];
          random.nextBytes(value);
          batch.put(index, key, value);
        }
      }
    }
    return batch;
  }

  private static List<String> told(WriteBatch batch) {
    List<String> told = new ArrayList<>();
    batch.visit(
        new WriteBatch.Visitor() {
          @Override
          public void put(Index index, byte[] key, byte[] value) {
            told.add("put " + index.name() + Arrays.toString(key) + Arrays.toString(value));
          }

          @Override
          public void delete(Index index, byte[] key) {
            told.add("delete " + index.name() + Arrays.toString(key));
          }

          @Override
          public void deleteRange(Index index, byte[] from, byte[] to) {
            told.add("range " + index.name() + Arrays.toString(from) + Arrays.toString(to));
          }

          @Override
          public void add(Index index, byte[] key, long delta) {
            told.add("add " + index.name() + Arrays.toString(key) + delta);
          }
        });
    return told;
  }

  @Property(tries = 2_000)
  void anotherStoreDoesTheSame(@ForAll long seed) {
    WriteBatch batch = random(new Random(seed));

    byte[] bytes = PortableBatch.encode(batch, ALL);
    PortableBatch.check(bytes, ALL);
    var applied = new WriteBatch();
    PortableBatch.addTo(applied, bytes, ALL, PortableBatchTest::there);

    assertThat(told(applied)).isEqualTo(told(batch));
    assertThat(applied.size()).isEqualTo(batch.size());
  }

  @Property(tries = 5_000)
  void whatIsNoBatchIsRefusedAndNeverMisread(@ForAll long seed) {
    var random = new Random(seed);
    byte[] bytes = PortableBatch.encode(random(random), ALL);
    byte[] bad =
        random.nextBoolean()
            ? Arrays.copyOf(bytes, random.nextInt(bytes.length))
            : Arrays.copyOf(bytes, bytes.length + random.nextInt(2));
    for (int flips = random.nextInt(4); flips > 0 && bad.length > 0; flips--) {
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
    }

    try {
      PortableBatch.check(bad, ALL);
      PortableBatch.addTo(new WriteBatch(), bad, ALL, PortableBatchTest::there);
    } catch (MalformedException e) {
      assertThat(e).hasMessageStartingWith("batch: ");
    } catch (IllegalArgumentException e) {
      // A flipped bit can make a put of the batch one that the same batch adds to.
      assertThat(e).hasMessageContaining("no counter");
    }
  }

  @Test
  void conditionsAndKeysOfOthersAreRefused() {
    Index a = here("a");
    var ranges =
        new GroupRanges(
            List.of(new GroupRanges.Owned("a", KeyRange.between(new byte[] {5}, new byte[] {9}))));

    assertThatThrownBy(
            () -> PortableBatch.encode(new WriteBatch().expect(a, new byte[] {6}, 0), ranges))
        .hasMessageContaining("expects");
    for (WriteBatch other :
        List.of(
            new WriteBatch().put(a, new byte[] {9}, new byte[0]),
            new WriteBatch().delete(a, new byte[] {4}),
            new WriteBatch().add(here("b"), new byte[] {6}, 1),
            new WriteBatch().deleteRange(a, new byte[] {6}, new byte[] {9, 0}))) {
      assertThatThrownBy(() -> PortableBatch.encode(other, ranges))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("does not own");
      assertThatThrownBy(() -> PortableBatch.check(PortableBatch.encode(other, ALL), ranges))
          .isInstanceOf(MalformedException.class);
    }
    byte[] own =
        PortableBatch.encode(
            new WriteBatch().deleteRange(a, new byte[] {5}, new byte[] {9}), ranges);
    PortableBatch.check(own, ranges);
  }

  @Test
  void lengthsThatDoNotFitAreRefusedBeforeRoomIsMadeForThem() {
    byte[] bytes =
        PortableBatch.encode(new WriteBatch().put(here("a"), new byte[] {1}, new byte[] {2}), ALL);
    byte[] huge = bytes.clone();
    huge[huge.length - 6] = 0x7f; // the value's length

    assertThatThrownBy(() -> PortableBatch.check(huge, ALL))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("length");
  }
}
