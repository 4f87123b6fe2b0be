package io.troupe.lsm.pekko;

import static io.troupe.lsm.pekko.JournalProbe.atomic;
import static io.troupe.lsm.pekko.Pulled.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.Store;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.pekko.StateFormat.Stored;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.actor.Actor;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.persistence.PersistentImpl;
import org.apache.pekko.persistence.state.exception.DeleteRevisionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes, of which either may write what both have. */
final class CommitRouteTest {
  private static final String SPECIAL =
      """
      lsm-journal.query-index = off
      pekko.actor {
        serializers.text = "io.troupe.lsm.pekko.TextSerializer"
        serialization-bindings {
          "io.troupe.lsm.pekko.Ledger$Added" = text
          "io.troupe.lsm.pekko.Ledger$Total" = text
        }
      }
      """;

  private static @Nullable Node first;
  private static @Nullable Node second;

  private final Both both = new Both();

  /** Applies everything on both nodes, and remembers what it was. */
  private static final class Both implements CommitRoute {
    final ConcurrentLinkedQueue<WriteBatch> batches = new ConcurrentLinkedQueue<>();

    @Override
    public CompletionStage<Long> commit(WriteBatch batch) {
      batches.add(batch);
      CompletionStage<Long> there = copy(batch, b().store());
      return copy(batch, a().store()).thenCombine(there, Math::max);
    }

    /** The names of the indices that were written. */
    Set<String> indices() {
      Set<String> names = new TreeSet<>();
      batches.forEach(batch -> batch.visit(new Names(names)));
      return names;
    }
  }

  private record Names(Set<String> names) implements WriteBatch.Visitor {
    @Override
    public void put(Index index, byte[] key, byte[] value) {
      names.add(index.name());
    }

    @Override
    public void delete(Index index, byte[] key) {
      names.add(index.name());
    }

    @Override
    public void deleteRange(Index index, byte[] from, byte[] to) {
      names.add(index.name());
    }

    @Override
    public void add(Index index, byte[] key, long delta) {
      names.add(index.name());
    }
  }

  private record Copy(Store store, WriteBatch batch) implements WriteBatch.Visitor {
    @Override
    public void put(Index index, byte[] key, byte[] value) {
      batch.put(store.index(index.name()), key, value);
    }

    @Override
    public void delete(Index index, byte[] key) {
      batch.delete(store.index(index.name()), key);
    }

    @Override
    public void deleteRange(Index index, byte[] from, byte[] to) {
      batch.deleteRange(store.index(index.name()), from, to);
    }

    @Override
    public void add(Index index, byte[] key, long delta) {
      batch.add(store.index(index.name()), key, delta);
    }
  }

  private static CompletionStage<Long> copy(WriteBatch batch, Store store) {
    var copy = new WriteBatch();
    batch.visit(new Copy(store, copy));
    return store.commit(copy, Durability.OS);
  }

  @BeforeAll
  static void start(@TempDir Path directory) {
    first = Node.in(directory.resolve("a"), SPECIAL);
    second = Node.in(directory.resolve("b"), SPECIAL);
  }

  @AfterAll
  static void stop() {
    a().close();
    b().close();
  }

  @BeforeEach
  void routeToBoth() {
    route(a(), both);
    route(b(), both);
  }

  private static Node a() {
    return Objects.requireNonNull(first);
  }

  private static Node b() {
    return Objects.requireNonNull(second);
  }

  /** Ids that begin with "both" have a route. */
  private static void route(Node node, CommitRoute route) {
    LsmStores.get(node.system())
        .route(id -> id.startsWith("both") ? Optional.of(route) : Optional.empty());
  }

  private static CompletableFuture<List<Optional<Exception>>> write(
      Node node, String id, long number, Object event) {
    var repr =
        new PersistentImpl(
            event, number, id, "", false, Actor.noSender(), "writer", 0, scala.Option.empty());
    return node.shared().events().write(List.of(atomic(repr))).toCompletableFuture();
  }

  private static long highest(Node node, String id) {
    return await(node.shared().events().highest(id));
  }

  private static List<Object> replay(Node node, String id) {
    List<Object> events = new ArrayList<>();
    await(
        node.shared()
            .events()
            .replay(id, 1, Long.MAX_VALUE, Long.MAX_VALUE, e -> events.add(e.payload())));
    return events;
  }

  private static Stored state(Node node, String id) {
    return await(node.shared().states().get(id));
  }

  private static void fails(CompletableFuture<?> done, Class<?> why, String message) {
    assertThat(done)
        .failsWithin(Node.LIMIT)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(why)
        .withMessageContaining(message);
  }

  @Test
  void anEventAndItsRecordsGoWhereItsIdIsCommitted() {
    await(write(a(), "both-event", 1, new Ledger.Added("one")));
    await(write(a(), "alone", 1, new Ledger.Added("two")));

    assertThat(both.batches).hasSize(1);
    assertThat(both.indices()).containsExactly("journal.events", "journal.highest", "test.ledger");
    for (Node node : List.of(a(), b())) {
      assertThat(replay(node, "both-event")).containsExactly(new Ledger.Added("one"));
      Index ledger = node.store().index(Ledger.INDEX);
      assertThat(node.store().get(ledger, "one".getBytes(StandardCharsets.UTF_8))).isPresent();
    }
    assertThat(replay(a(), "alone")).hasSize(1);
    assertThat(replay(b(), "alone")).isEmpty();
  }

  @Test
  void anEventIsPersistedWhenTheRouteSaysSo() {
    CompletableFuture<Long> committed = new CompletableFuture<>();
    route(a(), batch -> committed);

    CompletableFuture<?> written = write(a(), "both-later", 1, "one");
    CompletionStage<Long> highest = a().shared().events().highest("both-later");

    assertThat(replay(a(), "both-later")).isEmpty();
    assertThat(written).isNotDone();
    assertThat(highest.toCompletableFuture()).isNotDone();
    committed.complete(7L);
    await(written);
    assertThat(await(highest)).isZero(); // as the store has it, whatever was written
  }

  @Test
  void whoWritesNextKnowsWhatAnotherHasWritten() {
    await(write(a(), "both-turns", 1, "a1"));
    assertThat(highest(a(), "both-turns")).isEqualTo(1);
    await(write(b(), "both-turns", 2, "b2"));

    fails(
        write(a(), "both-turns", 2, "a2"),
        IllegalStateException.class,
        "another writer has written both-turns up to 2");
    assertThat(highest(a(), "both-turns")).isEqualTo(2);
    await(write(a(), "both-turns", 3, "a3"));
    assertThat(highest(b(), "both-turns")).isEqualTo(3);
    await(write(b(), "both-turns", 4, "b4"));

    assertThat(replay(a(), "both-turns")).containsExactly("a1", "b2", "a3", "b4");
    assertThat(replay(b(), "both-turns")).isEqualTo(replay(a(), "both-turns"));
  }

  @Test
  void whatWasKnownBeforeAnIdHadARouteDoesNotCount() {
    LsmStores.get(a().system()).route(id -> Optional.empty());
    await(write(a(), "both-since", 1, "a1"));
    route(a(), both);
    await(write(b(), "both-since", 2, "b2"));

    fails(write(a(), "both-since", 2, "a2"), IllegalStateException.class, "another writer");
  }

  @Test
  void routesThatAreAddedCountBehindThoseBefore() {
    Both others = new Both();
    route(a(), both);
    LsmStores.get(a().system())
        .addRoute(id -> id.contains("added") ? Optional.of(others) : Optional.empty());

    await(write(a(), "both-added", 1, "a1"));
    await(write(a(), "added-too", 1, "a1"));
    await(write(a(), "neither", 1, "a1"));

    assertThat(both.batches).hasSize(1);
    assertThat(others.batches).hasSize(1);
    assertThat(highest(b(), "added-too")).isEqualTo(1);
  }

  @Test
  void aRouteThatFailsStopsTheEntity() {
    TestProbe<Integer> probe = TestProbe.create(Adapter.toTyped(a().system()));
    ActorRef<Ledger.Add> ledger = Adapter.spawnAnonymous(a().system(), Ledger.create("both-fails"));
    ledger.tell(new Ledger.Add("one", probe.ref()));
    probe.expectMessage(Node.LIMIT, 1);
    route(a(), batch -> CompletableFuture.failedFuture(new IllegalStateException("no master")));

    ledger.tell(new Ledger.Add("two", probe.ref()));

    probe.expectTerminated(ledger, Node.LIMIT);
    assertThat(highest(a(), "both-fails")).isEqualTo(1);
    route(a(), both);
    ActorRef<Ledger.Add> again = Adapter.spawnAnonymous(a().system(), Ledger.create("both-fails"));
    again.tell(new Ledger.Add("three", probe.ref()));
    probe.expectMessage(Node.LIMIT, 2);
  }

  @Test
  void whatARouteThrowsFailsThePersist() {
    route(
        a(),
        batch -> {
          throw new IllegalArgumentException("not owned");
        });

    fails(write(a(), "both-throws", 1, "one"), IllegalArgumentException.class, "not owned");
    fails(
        a().shared().states().put("both-throws", 1, "one", "").toCompletableFuture(),
        IllegalArgumentException.class,
        "not owned");
  }

  @Test
  void deletedEventsAreDeletedEverywhere() {
    for (int n = 1; n <= 5; n++) {
      await(write(n % 2 == 0 ? a() : b(), "both-deleted", n, "e" + n));
    }
    both.batches.clear();

    await(a().shared().events().deleteTo("both-deleted", 2));
    await(b().shared().events().deleteTo("both-deleted", 4));

    assertThat(both.indices()).containsExactly("journal.deleted", "journal.events");
    for (Node node : List.of(a(), b())) {
      assertThat(replay(node, "both-deleted")).containsExactly("e5");
      assertThat(highest(node, "both-deleted")).isEqualTo(5);
    }
  }

  @Test
  void aStateThatAnotherHasWrittenIsNotReplaced() {
    await(a().shared().states().put("both-state", 1, "a1", ""));
    await(b().shared().states().put("both-state", 2, "b2", ""));

    fails(
        a().shared().states().put("both-state", 2, "a2", "").toCompletableFuture(),
        IllegalStateException.class,
        "has revision 2, cannot write revision 2");
    fails(
        a().shared().states().delete("both-state", 2).toCompletableFuture(),
        DeleteRevisionException.class,
        "has revision 2, cannot delete revision 2");
    assertThat(state(a(), "both-state").value()).contains("b2");
    await(a().shared().states().delete("both-state", 3));
    assertThat(state(b(), "both-state").value()).isEmpty();
    assertThat(state(b(), "both-state").head().revision()).isEqualTo(3);
    await(b().shared().states().put("both-state", 4, "b4", ""));
    await(a().shared().states().forget("both-state"));
    await(b().shared().states().put("both-state", 1, "b1", ""));
    assertThat(state(a(), "both-state").value()).contains("b1");
    assertThat(both.indices()).containsExactly("state");
  }

  @Test
  void aStateThatWasKnownBeforeItsIdHadARouteDoesNotCount() {
    LsmStores.get(a().system()).route(id -> Optional.empty());
    await(a().shared().states().put("both-state-since", 1, "a1", ""));
    route(a(), both);
    await(b().shared().states().put("both-state-since", 1, "b1", ""));
    await(b().shared().states().put("both-state-since", 2, "b2", ""));

    fails(
        a().shared().states().put("both-state-since", 2, "a2", "").toCompletableFuture(),
        IllegalStateException.class,
        "has revision 2");
  }

  @Test
  void theIndicesOfTheQueriesAreForOneStore(@TempDir Path directory) {
    try (Node indexed = Node.in(directory)) {
      route(indexed, both);

      fails(write(indexed, "both", 1, "one"), IllegalStateException.class, "query-index");
      fails(
          indexed.shared().events().deleteTo("both", 1).toCompletableFuture(),
          IllegalStateException.class,
          "query-index");
      fails(
          indexed.shared().states().put("both", 1, "one", "").toCompletableFuture(),
          IllegalStateException.class,
          "query-index");
      await(write(indexed, "alone", 1, "one"));
    }
    assertThat(both.batches).isEmpty();
  }
}
