package io.troupe.lsm.pekko;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.Map;

/** Configuration that selects the three plugins. */
public final class LsmPluginConfig {
  private LsmPluginConfig() {}

  /** All of an ActorSystem's persistence in the store of that directory. */
  public static Config forDirectory(Path directory) {
    return ConfigFactory.parseMap(
        Map.of(
            "lsm-journal.directory", directory.toString(),
            "pekko.persistence.journal.plugin", "lsm-journal.journal",
            "pekko.persistence.snapshot-store.plugin", "lsm-journal.snapshot-store",
            "pekko.persistence.state.plugin", "lsm-journal.durable-state"));
  }
}
