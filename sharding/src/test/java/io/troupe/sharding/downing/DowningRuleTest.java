package io.troupe.sharding.downing;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.sharding.downing.DowningRule.Peer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.Address;
import org.junit.jupiter.api.Test;

final class DowningRuleTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final DowningRule dir = new DowningRule(true, Duration.ofSeconds(10));
  private final DowningRule other = new DowningRule(false, Duration.ofSeconds(10));

  private static Peer peer(int port, String node, boolean reachable) {
    return new Peer(new Address("pekko", "troupe", "h", port), Optional.of(node), reachable);
  }

  @Test
  void onlyTheDirsNodeTakesOutWhatIsSilent() {
    List<Peer> peers = List.of(peer(1, "a", true), peer(2, "b", false));

    assertThat(dir.gone(peers, 5)).isEmpty();
    assertThat(dir.gone(peers, 5 + 9 * SECOND)).isEmpty();
    assertThat(dir.gone(peers, 5 + 10 * SECOND)).containsExactly(peers.get(1).address());
    assertThat(other.gone(peers, 5)).isEmpty();
    assertThat(other.gone(peers, 5 + 100 * SECOND)).isEmpty();
  }

  @Test
  void whoIsHeardOfBeginsAnew() {
    dir.gone(List.of(peer(2, "b", false)), 0);
    dir.gone(List.of(peer(2, "b", true)), 9 * SECOND);

    assertThat(dir.gone(List.of(peer(2, "b", false)), 10 * SECOND)).isEmpty();
  }

  @Test
  void anybodyTakesOutTheEarlierSelfOfANodeThatIsBack() {
    List<Peer> peers = List.of(peer(2, "b", false), peer(3, "b", true), peer(4, "c", false));

    assertThat(other.gone(peers, 0)).containsExactly(peers.getFirst().address());
  }
}
