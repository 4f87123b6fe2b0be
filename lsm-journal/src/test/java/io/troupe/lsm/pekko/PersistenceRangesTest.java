package io.troupe.lsm.pekko;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.group.GroupRanges;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** Ids are apart, also where one begins like another. */
final class PersistenceRangesTest {
  private static final List<String> PLAIN =
      List.of(EventIndices.HIGHEST, EventIndices.DELETED, StateIndices.STATES);

  /** Short ones of few characters, of which NUL is written in a way of its own. */
  @Provide
  Arbitrary<String> ids() {
    return Arbitraries.strings()
        .withChars('\0', '\u0001', 'a', '|', 'ö', '\uffff')
        .ofMinLength(1)
        .ofMaxLength(3);
  }

  @Property
  void holdTheKeysOfTheirIdsAndNoOthers(
      @ForAll("ids") String owner,
      @ForAll("ids") String id,
      @ForAll @LongRange(min = 0) long number) {
    byte[] numbered = Keys.numbered(id, number);
    byte[] plain = Keys.plain(id);

    List<GroupRanges.Owned> one = PersistenceRanges.ofId(owner);
    List<GroupRanges.Owned> all = PersistenceRanges.ofPrefix(owner);

    assertThat(holds(one, EventIndices.EVENTS, numbered)).isEqualTo(id.equals(owner));
    assertThat(holds(all, EventIndices.EVENTS, numbered)).isEqualTo(id.startsWith(owner));
    for (String index : PLAIN) {
      assertThat(holds(one, index, plain)).isEqualTo(id.equals(owner));
      assertThat(holds(all, index, plain)).isEqualTo(id.startsWith(owner));
    }
  }

  private static boolean holds(List<GroupRanges.Owned> ranges, String index, byte[] key) {
    return ranges.stream().anyMatch(o -> o.index().equals(index) && o.range().contains(key));
  }
}
