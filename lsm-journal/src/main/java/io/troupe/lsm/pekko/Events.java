package io.troupe.lsm.pekko;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.Store;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.pekko.follow.Signals;
import io.troupe.lsm.pekko.follow.Topic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.persistence.AtomicWrite;

/**
 * Events of one store, behind all journals that use it.
 *
 * <p>What one entity writes together is one batch of the store: its events, the records that they
 * change, the highest sequence number and the entries of the queries' indices. What other entities
 * write at the same time shares its sync, which is the store's doing. The batch of an id that has a
 * {@link CommitRoute} goes there.
 */
final class Events {
  private final Store store;
  private final EventIndices indices;
  private final EventFormat format;
  private final CommitOrder order;
  private final Signals signals;
  private final Routes routes;
  private final Executor blocking;
  private final boolean indexed;
  private final Turns turns;
  private final Heads<Long> heads = new Heads<>();

  /**
   * @param indexed whether the indices of the queries are written
   */
  Events(
      Store store,
      EventFormat format,
      CommitOrder order,
      Signals signals,
      Routes routes,
      Executor blocking,
      boolean indexed) {
    this.store = store;
    this.indices = EventIndices.of(store);
    this.format = format;
    this.order = order;
    this.signals = signals;
    this.routes = routes;
    this.blocking = blocking;
    this.indexed = indexed;
    this.turns = new Turns(blocking);
  }

  /**
   * Writes what can be serialized, of each persistence id all or nothing. Completes with the reason
   * of rejection for what cannot; fails where the store failed, or when another writer was there
   * before.
   */
  CompletionStage<List<Optional<Exception>>> write(Iterable<AtomicWrite> writes) {
    long now = System.currentTimeMillis();
    List<Optional<Exception>> rejections = new ArrayList<>();
    Map<String, List<PreparedWrite>> byId = new LinkedHashMap<>();
    for (AtomicWrite write : writes) {
      Optional<Exception> rejection = Optional.empty();
      try {
        PreparedWrite prepared = PreparedWrite.of(store, format, write, now);
        byId.computeIfAbsent(write.persistenceId(), id -> new ArrayList<>(1)).add(prepared);
      } catch (Exception e) {
        // The contract of journals: what cannot be serialized is rejected, and only that.
        rejection = Optional.of(e);
      }
      rejections.add(rejection);
    }
    List<CompletionStage<Long>> commits = new ArrayList<>(1);
    byId.forEach((id, prepared) -> commits.add(commit(id, prepared)));
    return switch (commits.size()) {
      case 0 -> CompletableFuture.completedFuture(rejections);
      case 1 -> commits.getFirst().thenApply(highest -> rejections);
      default ->
          CompletableFuture.allOf(
                  commits.stream()
                      .map(CompletionStage::toCompletableFuture)
                      .toArray(CompletableFuture<?>[]::new))
              .thenApply(done -> rejections);
    };
  }

  private CompletionStage<Long> commit(String id, List<PreparedWrite> writes) {
    return turns.take(
        id,
        () -> {
          Optional<CommitRoute> route = routes.of(id);
          return head(id, route).thenCompose(before -> commit(id, route, writes, before));
        });
  }

  private CompletionStage<Long> commit(
      String id, Optional<CommitRoute> route, List<PreparedWrite> writes, long before) {
    long lowest = writes.getFirst().lowestSequenceNr();
    if (lowest <= before) {
      // Only a second writer can come late. To let it replace an event would lose that event.
      return CompletableFuture.failedFuture(
          new IllegalStateException(
              "another writer has written " + id + " up to " + before + "; refused " + lowest));
    }
    long highest = writes.getLast().highestSequenceNr();
    Runnable raise = () -> raise(id, writes);
    if (route.isPresent()) {
      return route
          .get()
          .commit(batch(id, writes, before, 0))
          .thenApply(
              sequence -> {
                raise.run();
                return highest;
              });
    }
    Durability durability =
        writes.stream()
            .map(w -> w.changes().durability())
            .reduce(Durability.OS, Durability::strictest);
    CompletionStage<Long> commit;
    if (indexed) {
      int count = writes.stream().mapToInt(w -> w.events().size()).sum();
      commit = order.commit(count, first -> batch(id, writes, before, first), durability, raise);
    } else {
      commit = store.commit(batch(id, writes, before, 0), durability);
    }
    return commit
        .thenApply(
            sequence -> {
              heads.put(id, highest);
              if (!indexed) {
                raise.run();
              }
              return highest;
            })
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                heads.forget(id);
              }
            });
  }

  private WriteBatch batch(String id, List<PreparedWrite> writes, long before, long firstOrdinal) {
    WriteBatch batch = new WriteBatch();
    long ordinal = firstOrdinal;
    byte[] plain = Keys.plain(id);
    int slice = Slices.of(id);
    for (PreparedWrite write : writes) {
      for (PreparedWrite.Event event : write.events()) {
        if (indexed) {
          EventFormat.stamp(event.record(), ordinal);
          batch.put(indices.log(), Keys.ordinal(ordinal), Slices.entry(slice, event.key()));
          for (String tag : event.tags()) {
            batch.put(indices.tags(), Keys.numbered(tag, ordinal), event.key());
          }
          ordinal++;
        }
        batch.put(indices.events(), event.key(), event.record());
      }
      write.changes().addTo(batch);
    }
    if (indexed && before == 0) {
      batch.put(indices.ids(), Keys.ordinal(firstOrdinal), plain);
    }
    return batch.put(indices.highest(), plain, Keys.ordinal(writes.getLast().highestSequenceNr()));
  }

  private void raise(String id, List<PreparedWrite> writes) {
    if (signals.isIdle()) {
      return;
    }
    signals.raise(new Topic.Anything());
    signals.raise(new Topic.OfId(id));
    for (PreparedWrite write : writes) {
      for (PreparedWrite.Event event : write.events()) {
        event.tags().forEach(tag -> signals.raise(new Topic.OfTag(tag)));
      }
    }
  }

  /** The highest sequence number ever written, after what is under way; 0 for none. */
  CompletionStage<Long> highest(String id) {
    return turns.take(
        id,
        () -> {
          Optional<CommitRoute> route = routes.of(id);
          CompletionStage<Long> head = head(id, route);
          return route.isPresent()
              ? head
              : head.thenApply(
                  highest -> {
                    heads.put(id, highest);
                    return highest;
                  });
        });
  }

  private CompletionStage<Long> head(String id, Optional<CommitRoute> route) {
    Optional<Long> known = route.isPresent() ? Optional.empty() : heads.get(id);
    return known
        .map(highest -> (CompletionStage<Long>) CompletableFuture.completedFuture(highest))
        .orElseGet(
            () -> CompletableFuture.supplyAsync(() -> number(indices.highest(), id), blocking));
  }

  private long number(Index index, String id) {
    return store.get(index, Keys.plain(id)).map(Keys::number).orElse(0L);
  }

  /** One cursor over the events of that id. */
  CompletionStage<Void> replay(
      String id, long from, long to, long max, Consumer<StoredEvent> consumer) {
    return CompletableFuture.runAsync(
        () -> {
          if (max <= 0 || to < from) {
            return;
          }
          long left = max;
          try (Cursor c = store.cursor(indices.events(), Keys.range(id, Math.max(0, from), to))) {
            while (left-- > 0 && c.next()) {
              consumer.accept(format.decode(c.key(), c.value()));
            }
          }
        },
        blocking);
  }

  /** Deletes events and their entries in the indices; the highest sequence number stays. */
  CompletionStage<Void> deleteTo(String id, long to) {
    return highest(id)
        .thenComposeAsync(
            highest -> {
              Function<WriteBatch, CompletionStage<Long>> commit =
                  routes
                      .of(id)
                      .<Function<WriteBatch, CompletionStage<Long>>>map(
                          route -> batch -> route.commit(batch.reclaiming()))
                      .orElse(order::delete);
              // From where the last deletion ended: what it left are tombstones, to be walked over.
              long from = number(indices.deleted(), id) + 1;
              return new EventDeletion(store, indices, commit, id, Math.min(to, highest), blocking)
                  .runFrom(from);
            },
            blocking);
  }
}
