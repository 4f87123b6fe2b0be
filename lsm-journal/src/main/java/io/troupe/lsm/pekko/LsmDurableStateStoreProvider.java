package io.troupe.lsm.pekko;

import com.typesafe.config.Config;
import io.troupe.lsm.pekko.follow.FollowSettings;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.state.DurableStateStoreProvider;

/** The durable state store, as Pekko looks it up by {@code lsm-journal.durable-state}. */
public final class LsmDurableStateStoreProvider implements DurableStateStoreProvider {
  private final LsmDurableStateStore store;

  /**
   * @param config of the plugin
   */
  public LsmDurableStateStoreProvider(ExtendedActorSystem system, Config config) {
    SharedStore shared = LsmStores.get(system).shared(config);
    Config common = system.settings().config().getConfig("lsm-journal");
    this.store =
        new LsmDurableStateStore(
            system,
            shared,
            FollowSettings.of(common.getConfig("query"), common.getString("read-dispatcher")));
  }

  @Override
  public LsmScalaDurableStateStore scaladslDurableStateStore() {
    return new LsmScalaDurableStateStore(store);
  }

  @Override
  public LsmDurableStateStore javadslDurableStateStore() {
    return store;
  }
}
