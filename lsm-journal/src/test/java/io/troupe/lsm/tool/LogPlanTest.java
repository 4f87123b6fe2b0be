package io.troupe.lsm.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.troupe.lsm.wal.WalScan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules of {@link LogPlan}. */
class LogPlanTest {

  @Test
  void aWholeLogIsUsedAsItIs() {
    LogPlan plan =
        LogPlan.of(
            List.of(
                segment(1, frame(1, 2, 0, 1), frame(3, 1, 2, 1)), segment(2, frame(4, 1, 3, 4))),
            0);

    assertThat(used(plan)).containsExactly(1L, 3L, 4L);
    assertThat(plan.gaps()).isEmpty();
    assertThat(plan.end()).isEqualTo(4);
  }

  @Test
  void whatIsInTablesIsNotMissed() {
    LogPlan plan = LogPlan.of(List.of(segment(3, frame(8, 3, 7, 8), frame(11, 1, 10, 8))), 9);

    assertThat(plan.gaps()).isEmpty();
    assertThat(used(plan)).containsExactly(8L, 11L);
  }

  @Test
  void aGapThatWasDurableIsNamedAndWhatIsBehindItIsUsed() {
    LogPlan plan = LogPlan.of(List.of(segment(1, frame(1, 1, 0, 1), frame(4, 1, 3, 1))), 0);

    assertThat(used(plan)).containsExactly(1L, 4L);
    assertThat(plan.gaps()).containsExactly(new LogPlan.Gap(1, 100, 2, 3));
  }

  @Test
  void aGapThatNobodySyncedIsATornTail() {
    LogPlan plan = LogPlan.of(List.of(segment(1, frame(1, 1, 0, 1), frame(3, 1, 1, 1))), 0);

    assertThat(used(plan)).containsExactly(1L);
    assertThat(plan.gaps()).isEmpty();
    assertThat(plan.end()).isEqualTo(1);
  }

  @Test
  void numbersThatWereGivenAgainBelongToTheLaterSegment() {
    LogPlan plan =
        LogPlan.of(
            List.of(
                segment(1, frame(1, 1, 0, 1), frame(3, 1, 1, 1)), segment(2, frame(2, 2, 1, 2))),
            0);

    assertThat(plan.used())
        .extracting(LogPlan.Use::segment, use -> use.frame().first())
        .containsExactly(tuple(1L, 1L), tuple(2L, 2L));
    assertThat(plan.gaps()).isEmpty();
  }

  @Test
  void aLaterSegmentProvesWhatIsInFrontOfIt() {
    LogPlan plan =
        LogPlan.of(
            List.of(
                segment(1, frame(1, 1, 0, 1), frame(3, 1, 1, 1)), segment(2, frame(5, 1, 4, 5))),
            0);

    assertThat(used(plan)).containsExactly(1L, 3L, 5L);
    assertThat(plan.gaps())
        .containsExactly(new LogPlan.Gap(1, 100, 2, 2), new LogPlan.Gap(1, 100, 4, 4));
  }

  @Test
  void framesOfAnotherEpochAreNotOfTheSegment() {
    var foreign = new WalScan.Frame(200, 3, 1, 9, 1, 7, true);
    LogPlan plan =
        LogPlan.of(List.of(new LogPlan.Segment(1, 100, List.of(frame(1, 1, 0, 1), foreign))), 0);

    assertThat(used(plan)).containsExactly(1L);
  }

  @Test
  void theSealShowsThatTheLastFrameIsLost() {
    LogPlan plan = LogPlan.of(List.of(segment(1, frame(1, 1, 0, 1), frame(4, 0, 3, 1))), 0);

    assertThat(plan.gaps()).containsExactly(new LogPlan.Gap(1, 100, 2, 3));
    assertThat(plan.end()).isEqualTo(3);
  }

  @Test
  void batchesInFrontOfTheFirstSegmentAreMissed() {
    LogPlan plan = LogPlan.of(List.of(segment(5, frame(9, 1, 8, 9))), 6);

    assertThat(plan.gaps()).extracting(LogPlan.Gap::from, LogPlan.Gap::through).hasSize(1);
    assertThat(plan.gaps().getFirst().from()).isEqualTo(7);
    assertThat(plan.gaps().getFirst().through()).isEqualTo(8);
  }

  @Test
  void numbersThatWereGivenAgainAreTakenFromTheLaterSegmentThoughTheEarlierOneIsWhole() {
    LogPlan plan =
        LogPlan.of(
            List.of(
                segment(1, frame(1, 1, 0, 1), frame(2, 1, 1, 1), frame(3, 1, 2, 1)),
                segment(2, frame(3, 1, 2, 3), frame(4, 1, 3, 3))),
            0);

    assertThat(plan.used())
        .extracting(LogPlan.Use::segment, use -> use.frame().first())
        .containsExactly(tuple(1L, 1L), tuple(1L, 2L), tuple(2L, 3L), tuple(2L, 4L));
  }

  /** What a crash tore off must not fill in for frames that were lost after it. */
  @Test
  void aSegmentStartsWhereItSaysNotWhereItsFirstWholeFrameDoes() {
    LogPlan plan =
        LogPlan.of(
            List.of(
                segment(1, frame(1, 1, 0, 1), frame(2, 2, 1, 1)),
                new LogPlan.Segment(2, 300, List.of(frame(4, 1, 3, 2)))),
            0);

    assertThat(plan.used())
        .extracting(LogPlan.Use::segment, use -> use.frame().first())
        .containsExactly(tuple(1L, 1L), tuple(2L, 4L));
    assertThat(plan.gaps()).containsExactly(new LogPlan.Gap(2, 300, 2, 3));
  }

  @Test
  void thatASegmentWasBegunShowsThatTheOneBeforeItWasDurable() {
    LogPlan plan =
        LogPlan.of(
            List.of(
                new LogPlan.Segment(1, 200, List.of(frame(1, 1, 0, 1))),
                new LogPlan.Segment(2, 300, List.of(frame(4, 1, 0, 4)))),
            0);

    assertThat(used(plan)).containsExactly(1L, 4L);
    assertThat(plan.gaps()).containsExactly(new LogPlan.Gap(1, 200, 2, 3));
  }

  @Test
  void noBatchIsAppliedTwice() {
    LogPlan plan =
        LogPlan.of(
            List.of(
                segment(1, frame(1, 2, 0, 1), frame(2, 1, 1, 1), frame(3, 1, 2, 1)),
                segment(2, frame(4, 1, 3, 4), frame(5, 0, 4, 4))),
            0);

    assertThat(used(plan)).containsExactly(1L, 3L, 4L); // nor is a seal, which has none
    assertThat(plan.end()).isEqualTo(4);
  }

  @Test
  void aGapIsToleratedAsFarAsTablesHaveIt() {
    LogPlan.Segment gap = segment(1, frame(1, 1, 0, 1), frame(5, 1, 4, 1));

    assertThat(LogPlan.of(List.of(gap), 4).gaps()).isEmpty();
    assertThat(used(LogPlan.of(List.of(gap), 4))).containsExactly(1L, 5L);
    assertThat(LogPlan.of(List.of(gap), 3).gaps()).containsExactly(new LogPlan.Gap(1, 100, 4, 4));
  }

  @Test
  void whatIsBehindATornTailIsNotUsedThoughTablesHaveTheTail() {
    LogPlan plan = LogPlan.of(List.of(segment(1, frame(1, 1, 0, 1), frame(5, 1, 1, 1))), 4);

    assertThat(used(plan)).containsExactly(1L);
    assertThat(plan.gaps()).isEmpty();
    assertThat(plan.end()).isEqualTo(4);
  }

  private static List<Long> used(LogPlan plan) {
    List<Long> used = new ArrayList<>();
    plan.used().forEach(use -> used.add(use.frame().first()));
    return used;
  }

  private static LogPlan.Segment segment(long number, WalScan.Frame... frames) {
    return new LogPlan.Segment(number, 100, List.of(frames));
  }

  private static WalScan.Frame frame(long first, int count, long durable, long start) {
    return new WalScan.Frame((int) (4096 + 100 * first), first, count, durable, start, 0, false);
  }
}
