package io.troupe.lsm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {

  @TempDir Path directory;

  @Test
  void keepsWhatWasCommittedAcrossReopening() throws Exception {
    try (Store store = Store.open(directory, StoreOptions.small())) {
      Index a = store.index("a");
      Index b = store.index("b");
      assertThat(
              commit(
                  store,
                  new WriteBatch().put(a, bytes("k"), bytes("1")).put(b, bytes("k"), bytes("2"))))
          .isEqualTo(1);
      assertThat(
              commit(store, new WriteBatch().put(a, bytes("l"), bytes("3")).delete(b, bytes("k"))))
          .isEqualTo(2);
    }

    try (Store store = Store.open(directory, StoreOptions.small())) {
      Index b = store.index("b");
      Index a = store.index("a");
      assertThat(store.get(a, bytes("k"))).hasValue(bytes("1"));
      assertThat(store.get(b, bytes("k"))).isEmpty();
      assertThat(list(store.cursor(a, KeyRange.all()))).containsExactly("k=1", "l=3");
      assertThat(list(store.cursorReverse(a, KeyRange.all()))).containsExactly("l=3", "k=1");
      assertThat(list(store.cursor(b, KeyRange.all()))).isEmpty();
      assertThat(commit(store, new WriteBatch().put(a, bytes("m"), bytes("4")))).isEqualTo(3);
    }
  }

  @Test
  void snapshotsStayAsTheyWere() throws Exception {
    try (Store store = Store.open(directory, StoreOptions.small())) {
      Index a = store.index("a");
      long first = commit(store, new WriteBatch().put(a, bytes("k"), bytes("1")));
      try (Snapshot snapshot = store.snapshot()) {
        long second =
            commit(
                store,
                new WriteBatch().put(a, bytes("k"), bytes("2")).put(a, bytes("l"), bytes("3")));

        assertThat(second).isGreaterThan(first);
        assertThat(snapshot.sequence()).isEqualTo(first);
        assertThat(snapshot.get(a, bytes("k"))).hasValue(bytes("1"));
        assertThat(list(snapshot.cursor(a, KeyRange.all()))).containsExactly("k=1");
        assertThat(list(store.cursor(a, KeyRange.all()))).containsExactly("k=2", "l=3");
        assertThat(list(store.cursorReverse(a, KeyRange.prefix(bytes("k")))))
            .containsExactly("k=2");
      }
    }
  }

  @Test
  void isOpenOnceOnly() throws Exception {
    try (Store store = Store.open(directory, StoreOptions.small())) {
      assertThat(store.hasRoom()).isTrue();
      assertThatThrownBy(() -> Store.open(directory, StoreOptions.small()))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void givesTheMemoryOfBlocksBackWithTheLastReader() throws Exception {
    Store store = Store.open(directory.resolve("store"), StoreOptions.small());
    Index a = store.index("a");
    commit(store, new WriteBatch().put(a, bytes("k"), bytes("1")).put(a, bytes("l"), bytes("2")));
    long unused = store.checkpoint(directory.resolve("copy")); // so that they are in a table
    Cursor cursor = store.cursor(a, KeyRange.all());
    assertThat(cursor.next()).isTrue();
    MemorySegment value = cursor.valueSegment();
    assertThat(value.isNative()).isTrue();

    store.close();

    assertThat(value.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes("1"));
    assertThat(cursor.next()).isTrue();
    assertThat(cursor.value()).isEqualTo(bytes("2"));
    cursor.close();
    assertThat(value.scope().isAlive()).isFalse();
    assertThatThrownBy(() -> store.get(a, bytes("k"))).isInstanceOf(StoreException.class);
  }

  @Test
  void whoReadsWhileItIsClosedReadsOrIsTold() throws Exception {
    for (int round = 0; round < 20; round++) {
      Store store = Store.open(directory.resolve("store" + round), StoreOptions.small());
      Index a = store.index("a");
      commit(store, new WriteBatch().put(a, bytes("k"), bytes("1")).put(a, bytes("l"), bytes("2")));
      long unused = store.checkpoint(directory.resolve("copy" + round));
      var reads = new CountDownLatch(1_000);
      try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
        Future<?> gets =
            pool.submit(
                () -> {
                  while (true) {
                    assertThat(store.get(a, bytes("k"))).hasValue(bytes("1"));
                    reads.countDown();
                  }
                });
        Future<?> scans =
            pool.submit(
                () -> {
                  while (true) {
                    assertThat(list(store.cursor(a, KeyRange.all()))).containsExactly("k=1", "l=2");
                    reads.countDown();
                  }
                });
        assertThat(reads.await(10, TimeUnit.SECONDS)).isTrue();

        store.close();

        for (Future<?> reader : List.of(gets, scans)) {
          assertThatThrownBy(reader::get)
              .cause()
              .isInstanceOfSatisfying(
                  StoreException.class,
                  e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CLOSED));
        }
      }
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  static long commit(Store store, WriteBatch batch) throws Exception {
    return store.commit(batch, Durability.SYNC).toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  static List<String> list(Cursor cursor) {
    List<String> entries = new ArrayList<>();
    try (cursor) {
      while (cursor.next()) {
        entries.add(new String(cursor.key(), UTF_8) + "=" + new String(cursor.value(), UTF_8));
      }
    }
    return entries;
  }
}
