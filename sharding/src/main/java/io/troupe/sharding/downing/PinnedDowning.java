package io.troupe.sharding.downing;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.cluster.DowningProvider;
import scala.Option;
import scala.concurrent.duration.FiniteDuration;

/** Made by Pekko, which finds it by {@code pekko.cluster.downing-provider-class}. */
public final class PinnedDowning extends DowningProvider {
  private final Duration after;
  private final Duration margin;

  public PinnedDowning(ActorSystem system) {
    Config config = system.settings().config();
    this.after = config.getDuration("troupe.node.down-after");
    this.margin = config.getDuration("pekko.cluster.down-removal-margin");
  }

  @Override
  public FiniteDuration downRemovalMargin() {
    return FiniteDuration.create(margin.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public Option<Props> downingActorProps() {
    return Option.apply(Adapter.props(() -> DowningActor.create(after)));
  }
}
