package io.troupe.mrc.volume;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class GraceTest {
  private final Grace grace = new Grace();

  @Test
  void thoseThatAreSparedComeInTheirOrder() {
    grace.spare(9);
    grace.spare(3);
    grace.spare(5);
    grace.forget(3);

    assertThat(grace.some(1)).containsExactly(9L);
    assertThat(grace.some(10)).containsExactly(9L, 5L);
    assertThat(grace.spares(3)).isFalse();
    assertThat(grace.spares(5)).isTrue();
  }

  @Test
  void noMoreAreSparedThanMemoryIsMeantFor() {
    for (int i = 0; i < Grace.MAX_SPARED + 10; i++) {
      grace.spare(i);
    }

    assertThat(grace.some(Integer.MAX_VALUE)).hasSize(Grace.MAX_SPARED);
    assertThat(grace.spares(Grace.MAX_SPARED)).isFalse();
  }

  @Test
  void nothingIsSparedAfterTheEnd() {
    grace.end();
    grace.spare(1);

    assertThat(grace.isOver()).isTrue();
    assertThat(grace.spares(1)).isFalse();
  }
}
