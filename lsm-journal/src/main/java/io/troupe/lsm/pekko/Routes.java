package io.troupe.lsm.pekko;

import java.util.Optional;
import java.util.function.Function;

/** Who commits for which persistence id. Thread-safe. */
final class Routes {
  private final boolean indexed;
  private volatile Function<String, Optional<CommitRoute>> byPersistenceId = id -> Optional.empty();

  /**
   * @param indexed whether the indices of the queries are written: ordinals are those of one store,
   *     and nobody else can commit them
   */
  Routes(boolean indexed) {
    this.indexed = indexed;
  }

  synchronized void set(Function<String, Optional<CommitRoute>> deciding) {
    byPersistenceId = deciding;
  }

  synchronized void add(Function<String, Optional<CommitRoute>> deciding) {
    Function<String, Optional<CommitRoute>> before = byPersistenceId;
    byPersistenceId = id -> before.apply(id).or(() -> deciding.apply(id));
  }

  /**
   * The route of an id; empty when its changes are for this store. To be asked before anything is
   * read of what the changes rest on.
   *
   * @throws IllegalStateException when it has a route that cannot be gone
   */
  Optional<CommitRoute> of(String id) {
    Optional<CommitRoute> route = byPersistenceId.apply(id);
    if (indexed && route.isPresent()) {
      throw new IllegalStateException(
          id
              + " is not committed in this store alone, which lsm-journal.query-index = on needs:"
              + " its ordinals belong to one store. Turn it off");
    }
    return route;
  }
}
