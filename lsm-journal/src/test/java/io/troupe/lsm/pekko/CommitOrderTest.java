package io.troupe.lsm.pekko;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.Store;
import io.troupe.lsm.StoreException;
import io.troupe.lsm.StoreOptions;
import io.troupe.lsm.WriteBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommitOrderTest {
  @TempDir Path directory;

  private Store open() throws Exception {
    return Store.open(directory, StoreOptions.small());
  }

  private static CompletionStage<Long> put(
      CommitOrder order, Index index, int size, List<Long> seen) {
    return order.commit(
        1,
        ordinal -> new WriteBatch().put(index, Keys.ordinal(ordinal), new byte[size]),
        Durability.SYNC,
        () -> seen.add(order.visible()));
  }

  @Test
  void aFailedCommitLeavesAGapAndNothingWaitsForIt() throws Exception {
    try (Store store = open()) {
      Index index = store.index("log");
      CommitOrder order = new CommitOrder(store, index);
      List<Long> seen = new ArrayList<>();
      Pulled.await(put(order, index, 1, seen));

      // More than may wait for the log at all.
      CompletionStage<Long> refused =
          order.commit(
              1,
              ordinal -> {
                WriteBatch batch = new WriteBatch();
                for (int i = 0; i < 9; i++) {
                  batch.put(index, Keys.numbered("large", i), new byte[2 << 20]);
                }
                return batch;
              },
              Durability.SYNC,
              () -> seen.add(-1L));
      assertThat(refused.toCompletableFuture())
          .failsWithin(Node.LIMIT)
          .withThrowableThat()
          .withCauseInstanceOf(StoreException.class);
      Pulled.await(put(order, index, 1, seen));

      assertThat(order.visible()).isEqualTo(3);
      assertThat(seen).containsExactly(1L, 3L);
    }
  }

  @Test
  void numbersGoOnBehindTheLargestEverSeen() throws Exception {
    try (Store store = open()) {
      Index index = store.index("log");
      CommitOrder order = new CommitOrder(store, index);
      for (int i = 0; i < 3; i++) {
        Pulled.await(put(order, index, 1, new ArrayList<>()));
      }
    }
    try (Store store = open()) {
      Index index = store.index("log");
      CommitOrder order = new CommitOrder(store, index);
      assertThat(order.visible()).isEqualTo(3);

      WriteBatch batch = new WriteBatch();
      for (int i = 1; i <= 3; i++) {
        batch.delete(index, Keys.ordinal(i));
      }
      Pulled.await(order.delete(batch));
    }
    try (Store store = open()) {
      assertThat(new CommitOrder(store, store.index("log")).visible()).isEqualTo(3);
    }
  }
}
