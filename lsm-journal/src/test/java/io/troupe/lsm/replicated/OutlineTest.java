package io.troupe.lsm.replicated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class OutlineTest {

  private static final Membership FIRST = Membership.of(new MemberId("a"));
  private static final Membership SECOND = Membership.of(new MemberId("a"), new MemberId("b"));

  private final Outline outline = new Outline(Position.START, FIRST);

  private void append(long... epochs) {
    for (long epoch : epochs) {
      outline.append(new LogEntry(epoch, outline.lastIndex() + 1, new LogEntry.Barrier()));
    }
  }

  @Test
  void epochsOfEntriesAreKnownAcrossCutsAndDrops() {
    append(1, 1, 3, 3, 3, 7);

    assertThat(outline.last()).isEqualTo(new Position(7, 6));
    assertThat(outline.epochAt(2)).isEqualTo(1);
    assertThat(outline.firstOfEpochAt(5)).isEqualTo(3);

    outline.truncate(5);
    assertThat(outline.last()).isEqualTo(new Position(3, 4));
    append(9);
    outline.compact(3);

    assertThat(outline.base()).isEqualTo(new Position(3, 3));
    assertThat(outline.has(new Position(3, 3))).isTrue();
    assertThat(outline.has(new Position(1, 2))).isFalse();
    assertThat(outline.epochAt(4)).isEqualTo(3);
    assertThat(outline.last()).isEqualTo(new Position(9, 5));
    assertThatThrownBy(() -> outline.epochAt(2)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLogThatWasDroppedToItsEndGoesOn() {
    append(1, 2);
    outline.compact(2);
    append(2, 4);

    assertThat(outline.epochAt(3)).isEqualTo(2);
    assertThat(outline.last()).isEqualTo(new Position(4, 4));
  }

  @Test
  void aMembershipCountsFromItsEntryOnAndGoesWithIt() {
    append(1);
    outline.append(new LogEntry(1, 2, new LogEntry.Members(SECOND)));
    append(1);

    assertThat(outline.membership()).isEqualTo(SECOND);
    assertThat(outline.membershipAt(1)).isEqualTo(FIRST);

    outline.compact(1);
    outline.truncate(2);
    assertThat(outline.membership()).isEqualTo(FIRST);
  }

  @Test
  void gapsAndOlderEpochsAreRefused() {
    append(5);

    assertThatThrownBy(() -> append(4)).hasMessageContaining("epoch 4 after 5");
    assertThatThrownBy(() -> outline.append(new LogEntry(5, 3, new LogEntry.Barrier())))
        .hasMessageContaining("entry 3 after 1");
    assertThatThrownBy(() -> outline.truncate(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
