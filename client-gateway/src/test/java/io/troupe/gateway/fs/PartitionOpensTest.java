package io.troupe.gateway.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.id.Epoch;
import io.troupe.actors.volume.Incarnation;
import io.troupe.actors.volume.OpenCount;
import io.troupe.actors.volume.VolumeCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class PartitionOpensTest {
  private static final Incarnation FIRST = new Incarnation(new Epoch(1), 7);
  private static final Incarnation SECOND = new Incarnation(new Epoch(1), 8);

  private final PartitionOpens opens = new PartitionOpens();

  private PartitionOpens.Opening begin(long inode) {
    return opens.begin(OptionalLong.of(inode));
  }

  private void open(long inode) {
    opens.opened(begin(inode), inode);
  }

  /** The Volume was asked and has begun anew. */
  private void begunAnew(Incarnation incarnation) {
    assertThat(opens.asks()).isTrue();
    opens.answered(incarnation);
  }

  private PartitionOpens.Page page(OpenCount... files) {
    PartitionOpens.Page page = opens.nextPage().orElseThrow();
    assertThat(page.files()).containsExactlyInAnyOrder(files);
    return page;
  }

  private void nothingToTell() {
    assertThat(opens.nextPage()).isEmpty();
  }

  @Test
  void nothingIsAskedWhereNothingIsOpen() {
    assertThat(opens.asks()).isFalse();
    open(1);
    assertThat(opens.asks()).isTrue();
    assertThat(opens.asks()).as("while an answer is awaited").isFalse();
    opens.answered(FIRST);
    opens.told(page(new OpenCount(1, 1)));

    opens.closed(opens.close(List.of(1L)));

    assertThat(opens.asks()).isFalse();
  }

  @Test
  void theSameIncarnationIsToldNothing() {
    open(1);
    begunAnew(FIRST);
    opens.told(page(new OpenCount(1, 1)));
    open(1);

    begunAnew(FIRST);

    nothingToTell();
    open(2);
    begunAnew(SECOND);
    page(new OpenCount(1, 2), new OpenCount(2, 1));
  }

  @Test
  void manyFilesAreToldInPagesOneAfterTheOther() {
    int files = 2 * VolumeCommand.MAX_REOPENED + 1;
    for (int i = 0; i < files; i++) {
      open(i);
    }
    begunAnew(FIRST);
    List<OpenCount> told = new ArrayList<>();
    long round = 0;
    for (int size : List.of(VolumeCommand.MAX_REOPENED, VolumeCommand.MAX_REOPENED, 1)) {
      PartitionOpens.Page page = opens.nextPage().orElseThrow();
      nothingToTell();
      assertThat(page.files()).hasSize(size);
      assertThat(page.round()).isGreaterThan(round);
      round = page.round();
      told.addAll(page.files());
      opens.told(page);
    }
    nothingToTell();
    assertThat(told).hasSize(files).doesNotHaveDuplicates();
  }

  @Test
  void whatNobodyAcknowledgedIsToldAgainInALaterRound() {
    open(1);
    begunAnew(FIRST);
    PartitionOpens.Page page = page(new OpenCount(1, 1));
    opens.notTold(page);

    PartitionOpens.Page again = page(new OpenCount(1, 1));

    assertThat(again.round()).isGreaterThan(page.round());
    opens.told(page); // late
    nothingToTell();
    opens.told(again);
    assertThat(opens.close(List.of(1L))).containsExactly(1L);
  }

  @Test
  void aCloseWaitsUntilItsFileWasTold() {
    open(1);
    open(1);
    open(2);
    begunAnew(FIRST);
    PartitionOpens.Page page = page(new OpenCount(1, 2), new OpenCount(2, 1));

    assertThat(opens.close(List.of(1L))).isEmpty();
    assertThat(opens.holdsBack()).isTrue();
    opens.notTold(page);
    assertThat(opens.close(List.of(2L))).isEmpty();

    assertThat(opens.told(page(new OpenCount(1, 2), new OpenCount(2, 1)))).containsExactly(1L, 2L);
    assertThat(opens.holdsBack()).isFalse();
  }

  @Test
  void aFileIsNotToldWhileACloseOfItIsUnderWay() {
    open(1);
    open(1);
    open(2);
    List<Long> closes = opens.close(List.of(1L));
    begunAnew(FIRST);
    opens.told(page(new OpenCount(2, 1)));
    nothingToTell();

    opens.closed(closes);

    page(new OpenCount(1, 1));
  }

  @Test
  void anOpenThatMayHaveBeenSeenBeforeIsToldOnceMore() {
    PartitionOpens.Opening before = begin(1);
    begunAnew(FIRST);
    opens.opened(before, 1);
    opens.told(page(new OpenCount(1, 1)));

    open(1);
    nothingToTell();
  }

  @Test
  void anOpenThatWhatIsToldMayHaveSwallowedIsToldOnceMore() {
    open(1);
    begunAnew(FIRST);
    opens.told(page(new OpenCount(1, 1)));
    begunAnew(SECOND);
    PartitionOpens.Page page = page(new OpenCount(1, 1));
    PartitionOpens.Opening known = begin(1);
    PartitionOpens.Opening created = opens.begin(OptionalLong.empty());
    opens.told(page);
    opens.opened(known, 1);
    PartitionOpens.Page second = page(new OpenCount(1, 2));
    opens.told(second);
    opens.opened(created, 1);

    opens.told(page(new OpenCount(1, 3)));

    nothingToTell();
  }

  @Test
  void anIncarnationThatIsNoMoreIsAskedForAnew() {
    open(1);
    begunAnew(FIRST);
    PartitionOpens.Page page = page(new OpenCount(1, 1));
    opens.stale(page);
    nothingToTell();

    begunAnew(SECOND);

    assertThat(page(new OpenCount(1, 1)).incarnation()).isEqualTo(SECOND);
  }

  @Test
  void whatIsAcknowledgedByAnIncarnationThatIsNoMoreDoesNotCount() {
    open(1);
    begunAnew(FIRST);
    PartitionOpens.Page page = page(new OpenCount(1, 1));
    begunAnew(SECOND);

    assertThat(opens.close(List.of(1L))).isEmpty();
    opens.told(page);

    assertThat(opens.told(page(new OpenCount(1, 1)))).containsExactly(1L);
  }
}
