package io.troupe.lsm.pekko;

import static io.troupe.lsm.pekko.Pulled.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.persistence.query.DeletedDurableState;
import org.apache.pekko.persistence.query.DurableStateChange;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.UpdatedDurableState;
import org.apache.pekko.persistence.query.typed.scaladsl.DurableStateStoreBySliceQuery;
import org.apache.pekko.persistence.state.DurableStateStoreRegistry;
import org.apache.pekko.persistence.state.exception.DeleteRevisionException;
import org.apache.pekko.persistence.state.javadsl.GetObjectResult;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.FutureConverters;

/** What Pekko asks of a durable state store, and its queries. */
final class DurableStateContractTest {
  @TempDir Path directory;
  private @Nullable Node started;

  @BeforeEach
  void start() {
    started = Node.in(directory, "lsm-journal.query { page-size = 3, refresh-interval = 1h }");
  }

  @AfterEach
  void stop() {
    node().close();
  }

  private Node node() {
    return Objects.requireNonNull(started);
  }

  private LsmDurableStateStore store() {
    return DurableStateStoreRegistry.get(node().system())
        .getDurableStateStoreFor(LsmDurableStateStore.class, "lsm-journal.durable-state");
  }

  private void put(String id, long revision, Object value, String tag) {
    await(store().upsertObject(id, revision, value, tag));
  }

  private GetObjectResult<Object> get(String id) {
    return await(store().getObject(id));
  }

  private <T> List<T> all(Source<T, NotUsed> source) {
    return Pulled.all(source, node().system());
  }

  private static List<String> shown(List<DurableStateChange<Object>> changes) {
    return changes.stream().map(DurableStateContractTest::shown).toList();
  }

  private static String shown(DurableStateChange<Object> change) {
    return switch (change) {
      case UpdatedDurableState<Object> u ->
          u.persistenceId() + "/" + u.revision() + "=" + u.value();
      case DeletedDurableState<Object> d -> d.persistenceId() + "/" + d.revision() + " deleted";
      default -> throw new AssertionError(change);
    };
  }

  @Test
  void findsNothingThatWasNotWritten() {
    assertThat(get("a").value()).isEmpty();
    assertThat(get("a").revision()).isZero();
  }

  @Test
  void keepsTheNewestOverARestart() {
    put("a", 1, "one", "");
    put("ab", 1, "other", "t");
    put("a", 2, "two", "");

    node().restart();

    assertThat(get("a").value()).contains("two");
    assertThat(get("a").revision()).isEqualTo(2);
    assertThat(get("ab").value()).contains("other");
    put("a", 3, "three", "");
    assertThat(get("a").value()).contains("three");
  }

  @Test
  void revisionsGoOnAfterADelete() {
    put("a", 1, "one", "t");
    await(store().deleteObject("a", 2));
    assertThat(get("a").value()).isEmpty();
    assertThat(get("a").revision()).isEqualTo(2);

    put("a", 3, "three", "t");

    assertThat(get("a").value()).contains("three");
    assertThat(get("a").revision()).isEqualTo(3);
  }

  @Test
  void refusesAWrongRevision() {
    put("a", 1, "one", "");

    for (long revision : new long[] {0, 1, 3}) {
      assertThat(store().upsertObject("a", revision, "bad", "").toCompletableFuture())
          .failsWithin(Node.LIMIT)
          .withThrowableThat()
          .withCauseInstanceOf(IllegalStateException.class)
          .withMessageContaining("a has revision 1, cannot write revision " + revision);
      assertThat(store().deleteObject("a", revision).toCompletableFuture())
          .failsWithin(Node.LIMIT)
          .withThrowableThat()
          .withCauseInstanceOf(DeleteRevisionException.class)
          .withMessageContaining("cannot delete revision " + revision);
    }
    assertThat(get("a").value()).contains("one");
  }

  @Test
  void ofManyThatWriteTheSameRevisionAtOnceOneWins() {
    List<CompletionStage<?>> writes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      writes.add(store().upsertObject("a", 1, "by " + i, ""));
    }

    int won = 0;
    for (CompletionStage<?> write : writes) {
      if (await(write.handle((done, failure) -> failure == null))) {
        won++;
      }
    }
    assertThat(won).isEqualTo(1);
    assertThat(get("a").revision()).isEqualTo(1);
  }

  @Test
  @SuppressWarnings("deprecation") // has to work as long as it is there
  void forgetsAStateWithItsRevision() {
    put("a", 1, "one", "t");
    put("a", 2, "two", "t");

    await(store().deleteObject("a"));

    assertThat(get("a").value()).isEmpty();
    assertThat(all(store().currentChanges("t", Offset.noOffset()))).isEmpty();
    put("a", 1, "new", "t");
    assertThat(get("a").value()).contains("new");
  }

  @Test
  void serializesReferencesToActorsAndRefusesWhatItCannot() {
    var payload = new RefSerializer.Payload(node().probe().ref());
    put("a", 1, payload, "");

    assertThat(get("a").value()).contains(payload);
    assertThatThrownBy(() -> put("a", 2, new Object(), ""))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(java.io.NotSerializableException.class);
    assertThat(get("a").revision()).isEqualTo(1);
  }

  @Test
  void theScalaSideIsTheSameStore() {
    put("a", 1, "one", "");
    LsmScalaDurableStateStore same =
        DurableStateStoreRegistry.get(node().system())
            .durableStateStoreFor("lsm-journal.durable-state");

    var found = await(FutureConverters.asJava(same.getObject("a")));

    assertThat(found.value().get()).isEqualTo("one");
    assertThat(same).isInstanceOf(DurableStateStoreBySliceQuery.class);
    assertThat(same.sliceRanges(4).apply(1).start()).isEqualTo(256);
    assertThat(same.sliceRanges(4).apply(1).end()).isEqualTo(511);
  }

  @Test
  void currentChangesAreTheNewestOfEachState() {
    for (int i = 0; i < 8; i++) {
      put("a" + i, 1, i, i % 2 == 0 ? "even" : "odd");
    }
    put("a0", 2, 100, "even");
    put("a2", 2, 102, "odd");
    await(store().deleteObject("a4", 2));

    assertThat(shown(all(store().currentChanges("even", Offset.noOffset()))))
        .containsExactly("a6/1=6", "a0/2=100", "a4/2 deleted");
    List<DurableStateChange<Object>> odd = all(store().currentChanges("odd", Offset.noOffset()));
    assertThat(shown(odd)).containsExactly("a1/1=1", "a3/1=3", "a5/1=5", "a7/1=7", "a2/2=102");
    assertThat(shown(all(store().currentChanges("odd", odd.get(3).offset()))))
        .containsExactly("a2/2=102");
  }

  @Test
  void changesGoOnWithWhatIsWritten() {
    put("a", 1, "one", "t");
    var changes = Pulled.from(store().changes("t", Offset.noOffset()), node().system());
    assertThat(shown(changes.next())).isEqualTo("a/1=one");
    var second = changes.ask();

    put("b", 1, "other", "not t");
    put("c", 1, "new", "t");
    assertThat(await(second).map(DurableStateContractTest::shown)).contains("c/1=new");
    var third = changes.ask();
    await(store().deleteObject("a", 2));

    assertThat(await(third).map(DurableStateContractTest::shown)).contains("a/2 deleted");
    changes.cancel();
  }

  @Test
  void slicesPartTheStatesOfAType() {
    for (int i = 0; i < 40; i++) {
      put("cart|" + 7919 * i, 1, i, "");
    }
    put("other|1", 1, "x", "");

    List<String> seen = new ArrayList<>();
    for (Pair<Integer, Integer> range : store().sliceRanges(4)) {
      List<DurableStateChange<Object>> part =
          all(
              store()
                  .currentChangesBySlices(
                      "cart", range.first(), range.second(), Offset.noOffset()));
      assertThat(part)
          .isNotEmpty()
          .allMatch(
              c -> {
                int slice = store().sliceForPersistenceId(c.persistenceId());
                return range.first() <= slice && slice <= range.second();
              });
      part.forEach(c -> seen.add(c.persistenceId()));
    }
    assertThat(seen).hasSize(40).doesNotHaveDuplicates().allMatch(id -> id.startsWith("cart|"));
  }

  @Test
  void offsetsAreNotUsedAgainAfterTheirStatesAreGone() {
    put("a", 1, "one", "t");
    put("b", 1, "two", "t");
    Offset offset = all(store().currentChanges("t", Offset.noOffset())).getLast().offset();
    forget("a");
    forget("b");

    node().restart();
    put("c", 1, "three", "t");

    assertThat(shown(all(store().currentChanges("t", offset)))).containsExactly("c/1=three");
  }

  @SuppressWarnings("deprecation") // has to work as long as it is there
  private void forget(String id) {
    await(store().deleteObject(id));
  }

  @Test
  void listsItsIds() {
    for (String id : List.of("b", "a", "d", "c", "e", "a\u0000b")) {
      put(id, 1, id, "");
    }

    assertThat(all(store().currentPersistenceIds(Optional.empty(), 100)))
        .containsExactly("a", "a\u0000b", "b", "c", "d", "e");
    assertThat(all(store().currentPersistenceIds(Optional.of("b"), 2))).containsExactly("c", "d");
  }
}
