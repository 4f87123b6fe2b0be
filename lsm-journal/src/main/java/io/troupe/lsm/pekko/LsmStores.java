package io.troupe.lsm.pekko;

import com.typesafe.config.Config;
import io.troupe.lsm.Store;
import io.troupe.lsm.StoreOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.actor.ExtensionIdProvider;

/**
 * The stores of an ActorSystem: one a directory, opened on first use and closed when the last actor
 * has ended.
 */
public final class LsmStores implements Extension {
  private static final Id ID = new Id();

  private final ExtendedActorSystem system;
  private final Config settings;
  private final Routes routes;
  private final Map<Path, SharedStore> open = new HashMap<>();

  private LsmStores(ExtendedActorSystem system) {
    this.system = system;
    this.settings = system.settings().config().getConfig("lsm-journal");
    this.routes = new Routes(settings.getBoolean("query-index"));
    // When no actor is left to write, and before the ActorSystem counts as terminated: who waits
    // for
    // that may open the directory again.
    system.registerOnTermination(this::close);
  }

  /** Of this ActorSystem. */
  public static LsmStores get(ClassicActorSystemProvider system) {
    return ID.get(system);
  }

  /**
   * The store in {@code lsm-journal.directory}.
   *
   * @throws IllegalArgumentException when that is not set
   * @throws UncheckedIOException when the store cannot be opened
   */
  public Store store() {
    return shared(settings.getString("directory")).store();
  }

  /**
   * What the queries of a journal read.
   *
   * @param plugin configuration of the journal
   * @throws IllegalArgumentException when no directory is set
   * @throws UncheckedIOException when the store cannot be opened
   */
  public EventLog eventLog(Config plugin) {
    return shared(plugin).eventLog();
  }

  /**
   * Says who commits what persistence ids write from now on: events, deletions of events, and
   * durable states, but not snapshots. For ids with a route nothing is remembered from one write to
   * the next, since others may write meanwhile: what is stored is read each time. So an id that has
   * had a route must not be without one later on, as long as this ActorSystem runs.
   *
   * @param byPersistenceId asked for each write, on any thread, so it has to be quick and
   *     thread-safe; empty: committed in this node's store. What it throws fails the write
   */
  public void route(Function<String, Optional<CommitRoute>> byPersistenceId) {
    routes.set(byPersistenceId);
  }

  /**
   * As {@link #route}, for ids that have no route by what was said before: parts of a program that
   * know nothing of each other have routes for ids of their own.
   */
  public void addRoute(Function<String, Optional<CommitRoute>> byPersistenceId) {
    routes.add(byPersistenceId);
  }

  /** The store of a plugin: in the directory of its own, or else in the common one. */
  SharedStore shared(Config plugin) {
    String own = plugin.hasPath("directory") ? plugin.getString("directory") : "";
    return shared(own.isEmpty() ? settings.getString("directory") : own);
  }

  private synchronized SharedStore shared(String directory) {
    if (directory.isEmpty()) {
      throw new IllegalArgumentException(
          "lsm-journal.directory is not set: name the directory in which this ActorSystem, and no"
              + " other, keeps its journal");
    }
    return open.computeIfAbsent(Path.of(directory).toAbsolutePath().normalize(), this::open);
  }

  private SharedStore open(Path directory) {
    Store store;
    try {
      store = Store.open(directory, options(settings.getConfig("store")));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the store in " + directory, e);
    }
    try {
      return SharedStore.on(store, system, settings, routes);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private synchronized void close() {
    open.values().forEach(shared -> shared.store().close());
  }

  private static StoreOptions options(Config c) {
    return new StoreOptions(
            Math.toIntExact(c.getBytes("wal-segment-size")),
            c.getBytes("memtable-size"),
            c.getBytes("commit-queue-size"),
            c.getBytes("block-cache-size"),
            c.getInt("max-open-tables"),
            c.getBytes("table-size"),
            c.getBytes("reserve"))
        .withSyncIntervalNanos(c.getDuration("sync-interval").toNanos());
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
