package io.troupe.sharding.downing;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.sharding.downing.DowningRule.Peer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.Address;
import org.junit.jupiter.api.Test;

final class DowningRuleTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private static Address address(int port) {
    return new Address("pekko", "troupe", "h", port);
  }

  private static Peer peer(int port, String node, boolean reachable) {
    return new Peer(address(port), Optional.of(node), false, reachable);
  }

  private static Peer dir(int port, boolean reachable) {
    return new Peer(address(port), Optional.of("dir" + port), true, reachable);
  }

  private static DowningRule rule(int self) {
    return new DowningRule(address(self), Duration.ofSeconds(10));
  }

  /** What a member takes out of what it has seen like this for long enough. */
  private static Set<Address> gone(int self, int directories, Peer... peers) {
    DowningRule rule = rule(self);
    rule.gone(List.of(peers), directories, 0);
    return rule.gone(List.of(peers), directories, 10 * SECOND);
  }

  @Test
  void onlyTheDirsNodeTakesOutWhatIsSilent() {
    DowningRule dir = rule(1);
    DowningRule other = rule(3);
    List<Peer> peers = List.of(dir(1, true), peer(2, "b", false), peer(3, "c", true));

    assertThat(dir.gone(peers, 1, 5)).isEmpty();
    assertThat(dir.gone(peers, 1, 5 + 9 * SECOND)).isEmpty();
    assertThat(dir.gone(peers, 1, 5 + 10 * SECOND)).containsExactly(address(2));
    assertThat(other.gone(peers, 1, 5)).isEmpty();
    assertThat(other.gone(peers, 1, 5 + 100 * SECOND)).isEmpty();
  }

  @Test
  void whoIsHeardOfBeginsAnew() {
    DowningRule dir = rule(1);
    dir.gone(List.of(dir(1, true), peer(2, "b", false)), 1, 0);
    dir.gone(List.of(dir(1, true), peer(2, "b", true)), 1, 9 * SECOND);

    assertThat(dir.gone(List.of(dir(1, true), peer(2, "b", false)), 1, 10 * SECOND)).isEmpty();
  }

  @Test
  void anybodyTakesOutTheEarlierSelfOfANodeThatIsBack() {
    List<Peer> peers = List.of(peer(2, "b", false), peer(3, "b", true), peer(4, "c", false));

    assertThat(rule(5).gone(peers, 1, 0)).containsExactly(address(2));
    assertThat(rule(5).gone(peers, 3, 0)).containsExactly(address(2));
  }

  @Test
  void theLowestOfAMajorityOfTheDirsNodesDecides() {
    Peer[] seen = {dir(1, true), dir(2, true), dir(10, true), peer(4, "d", false)};

    assertThat(gone(1, 3, seen)).containsExactly(address(4));
    assertThat(gone(2, 3, seen)).isEmpty();
    assertThat(gone(10, 3, seen)).isEmpty();
  }

  @Test
  void whenThatOneIsGoneTheNextTakesItOut() {
    Peer[] seen = {dir(1, false), dir(2, true), dir(10, true)};

    assertThat(gone(2, 3, seen)).containsExactly(address(1));
    assertThat(gone(10, 3, seen)).isEmpty();
  }

  @Test
  void ofTwoSidesOnlyTheOneWithTheMajorityTakesOut() {
    Peer[] few = {dir(1, true), dir(2, false), dir(3, false), peer(4, "d", true)};
    Peer[] many = {dir(1, false), dir(2, true), dir(3, true), peer(4, "d", false)};

    assertThat(gone(1, 3, few)).isEmpty();
    assertThat(gone(4, 3, few)).isEmpty();
    assertThat(gone(2, 3, many)).containsExactlyInAnyOrder(address(1), address(4));
  }

  @Test
  void ofFiveThreeHaveToSeeEachOther() {
    assertThat(gone(1, 5, dir(1, true), dir(2, true), dir(3, false), dir(4, false), dir(5, false)))
        .isEmpty();
    assertThat(gone(1, 5, dir(1, true), dir(2, true), dir(3, true), dir(4, false), dir(5, false)))
        .containsExactlyInAnyOrder(address(4), address(5));
  }

  @Test
  void nobodyDecidesBeforeAMajorityHasJoined() {
    assertThat(gone(1, 3, dir(1, true), peer(2, "b", false))).isEmpty();
  }

  @Test
  void theDirsOnlyNodeExpels() {
    List<Peer> peers = List.of(dir(1, true), peer(2, "b", true), peer(3, "c", true));

    assertThat(rule(3).isExpelledBy(address(1), peers, 1)).isTrue();
    assertThat(rule(3).isExpelledBy(address(2), peers, 1)).isFalse();
  }

  @Test
  void ofSeveralOnlyOneWithoutWhichNoMajorityIsReached() {
    List<Peer> alone = List.of(dir(1, true), dir(2, false), dir(3, false), peer(4, "d", true));
    List<Peer> most = List.of(dir(1, true), dir(2, true), dir(3, true), peer(4, "d", true));

    assertThat(rule(1).isExpelledBy(address(2), alone, 3)).isTrue();
    assertThat(rule(4).isExpelledBy(address(2), alone, 3)).isTrue();
    assertThat(rule(1).isExpelledBy(address(4), alone, 3)).isFalse();
    assertThat(rule(4).isExpelledBy(address(1), most, 3)).isFalse();
  }
}
