package io.troupe.lsm.pekko;

import io.troupe.lsm.Store;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.pekko.StateFormat.Head;
import io.troupe.lsm.pekko.StateFormat.Stored;
import io.troupe.lsm.pekko.follow.Signals;
import io.troupe.lsm.pekko.follow.Topic;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.apache.pekko.persistence.state.exception.DeleteRevisionException;

/**
 * Durable states of one store, behind the Java and the Scala side of all plugins that use it. A
 * state, the records that it changes and its entries in the queries' indices are one batch.
 *
 * <p>An entity is the only writer of its state and knows its revision, so that a first revision or
 * a successor is all that can come; the check is against a second writer. It is made before the
 * commit, in the id's turn: a {@link CommitRoute} takes no batch that expects something.
 */
final class States {
  private final Store store;
  private final StateIndices indices;
  private final StateFormat format;
  private final CommitOrder order;
  private final Signals signals;
  private final Routes routes;
  private final Executor blocking;
  private final boolean indexed;
  private final Turns turns;
  private final Heads<Head> heads = new Heads<>();

  /**
   * @param indexed whether the indices of the queries are written
   */
  States(
      Store store,
      StateFormat format,
      CommitOrder order,
      Signals signals,
      Routes routes,
      Executor blocking,
      boolean indexed) {
    this.store = store;
    this.indices = StateIndices.of(store);
    this.format = format;
    this.order = order;
    this.signals = signals;
    this.routes = routes;
    this.blocking = blocking;
    this.indexed = indexed;
    this.turns = new Turns(blocking);
  }

  /** After what is under way. */
  CompletionStage<Stored> get(String id) {
    return turns.take(
        id,
        () -> {
          boolean routed = routes.of(id).isPresent();
          return CompletableFuture.supplyAsync(() -> read(id, routed), blocking);
        });
  }

  private Stored read(String id, boolean routed) {
    Stored stored =
        store
            .get(indices.states(), Keys.plain(id))
            .map(record -> format.decode(id, record))
            .orElse(new Stored(Head.NONE, 0, Optional.empty()));
    if (!routed) {
      heads.put(id, stored.head());
    }
    return stored;
  }

  /** Writes a state; fails with what the serializer throws when it cannot be serialized. */
  CompletionStage<Void> put(String id, long revision, Object value, String tag) {
    byte[] record;
    Changes changes = new Changes(store);
    try {
      if (!tag.isEmpty()) {
        Keys.plain(tag);
      }
      record =
          format.encode(
              revision, tag, System.currentTimeMillis(), Optional.of(format.payload(value)));
      changes.add(value);
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
    return withHead(
        id,
        (route, head) ->
            head.revision() + 1 == revision
                ? commit(id, route, head, new Head(revision, 0, tag), record, changes)
                : CompletableFuture.failedFuture(
                    new IllegalStateException(refusal("write", id, head, revision))));
  }

  /** Removes the value; the revision goes on, and readers of changes see the deletion. */
  CompletionStage<Void> delete(String id, long revision) {
    return withHead(
        id,
        (route, head) -> {
          if (head.revision() + 1 != revision) {
            return CompletableFuture.failedFuture(
                new DeleteRevisionException(refusal("delete", id, head, revision)));
          }
          byte[] record =
              format.encode(revision, head.tag(), System.currentTimeMillis(), Optional.empty());
          Head next = new Head(revision, 0, head.tag());
          return commit(id, route, head, next, record, new Changes(store));
        });
  }

  private static String refusal(String what, String id, Head head, long revision) {
    return "the state of "
        + id
        + " has revision "
        + head.revision()
        + ", cannot "
        + what
        + " revision "
        + revision;
  }

  /** Removes the state with its revision and its entries, whatever the revision is. */
  CompletionStage<Void> forget(String id) {
    return withHead(
        id,
        (route, head) -> {
          WriteBatch batch = new WriteBatch().delete(indices.states(), Keys.plain(id));
          withoutEntries(batch, head);
          return route.isPresent()
              ? route.get().commit(batch.reclaiming()).thenAccept(sequence -> {})
              : settled(id, Head.NONE, order.delete(batch));
        });
  }

  /** A write in its turn, given who commits it and what is stored. */
  private CompletionStage<Void> withHead(
      String id, BiFunction<Optional<CommitRoute>, Head, CompletionStage<Void>> write) {
    return turns.take(
        id,
        () -> {
          Optional<CommitRoute> route = routes.of(id);
          Optional<Head> known = route.isPresent() ? Optional.empty() : heads.get(id);
          return known
              .map(head -> (CompletionStage<Head>) CompletableFuture.completedFuture(head))
              .orElseGet(() -> CompletableFuture.supplyAsync(() -> head(id), blocking))
              .thenCompose(head -> write.apply(route, head));
        });
  }

  private Head head(String id) {
    return store
        .get(indices.states(), Keys.plain(id))
        .map(record -> StateFormat.head(id, record))
        .orElse(Head.NONE);
  }

  private CompletionStage<Void> commit(
      String id,
      Optional<CommitRoute> route,
      Head before,
      Head unnumbered,
      byte[] record,
      Changes changes) {
    if (route.isPresent()) {
      WriteBatch batch = batch(id, before, unnumbered, record, changes);
      return route.get().commit(batch).thenAccept(sequence -> {});
    }
    if (!indexed) {
      WriteBatch batch = batch(id, before, unnumbered, record, changes);
      return settled(id, unnumbered, store.commit(batch, changes.durability()));
    }
    Head[] numbered = {unnumbered};
    CompletionStage<Long> commit =
        order.commit(
            1,
            ordinal -> {
              numbered[0] = new Head(unnumbered.revision(), ordinal, unnumbered.tag());
              return batch(id, before, numbered[0], record, changes);
            },
            changes.durability(),
            () -> raise(unnumbered.tag()));
    return settled(id, numbered[0], commit);
  }

  private WriteBatch batch(String id, Head before, Head head, byte[] record, Changes changes) {
    WriteBatch batch = new WriteBatch();
    byte[] plain = Keys.plain(id);
    withoutEntries(batch, before);
    StateFormat.stamp(record, head.ordinal());
    if (head.ordinal() != 0) {
      batch.put(indices.log(), Keys.ordinal(head.ordinal()), Slices.entry(Slices.of(id), plain));
      if (!head.tag().isEmpty()) {
        batch.put(indices.tags(), Keys.numbered(head.tag(), head.ordinal()), plain);
      }
    }
    batch.put(indices.states(), plain, record);
    changes.addTo(batch);
    return batch;
  }

  private void withoutEntries(WriteBatch batch, Head head) {
    if (head.ordinal() != 0) {
      batch.delete(indices.log(), Keys.ordinal(head.ordinal()));
      if (!head.tag().isEmpty()) {
        batch.delete(indices.tags(), Keys.numbered(head.tag(), head.ordinal()));
      }
    }
  }

  private CompletionStage<Void> settled(String id, Head head, CompletionStage<Long> commit) {
    return commit.handle(
        (sequence, failure) -> {
          if (failure != null) {
            heads.forget(id);
            throw new CompletionException(failure);
          }
          heads.put(id, head);
          return null;
        });
  }

  private void raise(String tag) {
    if (!signals.isIdle()) {
      signals.raise(new Topic.Anything());
      if (!tag.isEmpty()) {
        signals.raise(new Topic.OfTag(tag));
      }
    }
  }
}
