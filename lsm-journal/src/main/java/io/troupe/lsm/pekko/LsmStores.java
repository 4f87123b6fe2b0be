package io.troupe.lsm.pekko;

import com.typesafe.config.Config;
import io.troupe.lsm.Store;
import io.troupe.lsm.StoreOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.actor.ExtensionIdProvider;

/**
 * The one store of an ActorSystem, opened from {@code lsm-journal.directory} on first use and
 * closed in the last phase of the coordinated shutdown, when no actor is left to write.
 */
public final class LsmStores implements Extension {
  private static final Id ID = new Id();

  private final Store store;

  private LsmStores(ExtendedActorSystem system) {
    Config config = system.settings().config().getConfig("lsm-journal");
    String directory = config.getString("directory");
    if (directory.isEmpty()) {
      throw new IllegalArgumentException("lsm-journal.directory is not set");
    }
    try {
      store = Store.open(Path.of(directory), options(config.getConfig("store")));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the store in " + directory, e);
    }
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseActorSystemTerminate(),
            "close-lsm-store",
            () -> {
              // Terminating takes the remaining actors down; only then nobody writes any more.
              system.getWhenTerminated().thenRun(store::close);
              return CompletableFuture.completedFuture(Done.getInstance());
            });
  }

  private static StoreOptions options(Config c) {
    return new StoreOptions(
        Math.toIntExact(c.getBytes("wal-segment-size")),
        c.getBytes("memtable-size"),
        c.getBytes("commit-queue-size"),
        c.getBytes("block-cache-size"),
        c.getInt("max-open-tables"),
        c.getBytes("table-size"),
        c.getBytes("reserve"));
  }

  /** Of this ActorSystem. Throws {@link UncheckedIOException} where the store cannot be opened. */
  public static LsmStores get(ClassicActorSystemProvider system) {
    return ID.get(system);
  }

  public Store store() {
    return store;
  }

  private static final class Id extends AbstractExtensionId<LsmStores>
      implements ExtensionIdProvider {
    @Override
    public LsmStores createExtension(ExtendedActorSystem system) {
      return new LsmStores(system);
    }

    @Override
    public Id lookup() {
      return ID;
    }
  }
}
