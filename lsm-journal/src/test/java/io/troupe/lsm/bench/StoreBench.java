package io.troupe.lsm.bench;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.Store;
import io.troupe.lsm.StoreOptions;
import io.troupe.lsm.WriteBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Latency of commits beside raw write + fdatasync of the same bytes in the same run, and of reads
 * from memtable, cached blocks and files. Argument: an empty directory on the disk to measure.
 * Takes less than a minute.
 */
public final class StoreBench {

  private static final int VALUE_BYTES = 256;
  private static final int SYNCS = 5_000;
  private static final int KEYS = 1_000_000;

  private StoreBench() {}

  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    for (int round = 0; round < 3; round++) {
      print("raw append + fdatasync, 300 B", rawSyncs(directory, false));
      print("raw write into zero-filled + fdatasync", rawSyncs(directory, true));
      Path store = directory.resolve("store-" + round);
      commits(store);
      delete(store);
    }
    Path store = directory.resolve("reads");
    reads(store);
    delete(store);
  }

  private static long[] rawSyncs(Path directory, boolean filled) throws IOException {
    Path file = directory.resolve("raw");
    long[] nanos = new long[SYNCS];
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      if (filled) {
        channel.write(ByteBuffer.allocateDirect(SYNCS * 304));
        channel.force(true);
      }
      ByteBuffer bytes = ByteBuffer.allocateDirect(304);
      for (int i = 0; i < SYNCS; i++) {
        bytes.clear();
        long start = System.nanoTime();
        channel.write(bytes, i * 304L);
        channel.force(false);
        nanos[i] = System.nanoTime() - start;
      }
    }
    Files.delete(file);
    return nanos;
  }

  private static void commits(Path directory) throws Exception {
    try (Store store = Store.open(directory, StoreOptions.defaults())) {
      Index index = store.index("bench");
      long[] nanos = new long[SYNCS];
      for (int i = 0; i < SYNCS; i++) {
        var batch = new WriteBatch().put(index, key(i), new byte[VALUE_BYTES]);
        long start = System.nanoTime();
        get(store.commit(batch, Durability.SYNC).toCompletableFuture());
        nanos[i] = System.nanoTime() - start;
      }
      print("commit SYNC, 1 thread, 1 record", nanos);
      for (int i = 0; i < SYNCS; i++) {
        var batch = new WriteBatch().put(index, key(i), new byte[VALUE_BYTES]);
        long start = System.nanoTime();
        get(store.commit(batch, Durability.OS).toCompletableFuture());
        nanos[i] = System.nanoTime() - start;
      }
      print("commit OS, 1 thread, 1 record", nanos);

      int events = 200_000;
      int window = 256;
      CompletableFuture<?>[] flying = new CompletableFuture<?>[window];
      long groups = store.stats().groups();
      long start = System.nanoTime();
      for (int i = 0; i < events; i++) {
        CompletableFuture<?> before = flying[i % window];
        if (before != null) {
          get(before);
        }
        var batch = new WriteBatch().put(index, key(i), new byte[VALUE_BYTES]);
        flying[i % window] = store.commit(batch, Durability.SYNC).toCompletableFuture();
      }
      for (CompletableFuture<?> last : flying) {
        get(last);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          "%-42s %,.0f commits/s, %.1f a group%n",
          "commit SYNC, 256 in flight",
          events / seconds,
          (double) events / (store.stats().groups() - groups));
    }
  }

  private static void reads(Path directory) throws Exception {
    var options =
        new StoreOptions(64 << 20, 256 << 20, 64L << 20, 512L << 20, 256, 16L << 20, 64L << 20);
    try (Store store = Store.open(directory, options)) {
      Index index = store.index("bench");
      load(store, index, KEYS / 4);
      gets("get from memtable, random, 250k keys", store, index, KEYS / 4);
    }
    try (Store store = Store.open(directory, StoreOptions.defaults())) {
      Index index = store.index("bench");
      load(store, index, KEYS);
    }
    try (Store store = Store.open(directory, options)) {
      Index index = store.index("bench");
      while (store.stats().frozenMemtables() > 0 || store.stats().maxLevel0() >= 4) {
        Thread.onSpinWait();
      }
      System.out.println(store.stats());
      gets("get, cold cache, random, 1M keys", store, index, KEYS);
      gets("get from cached blocks, random", store, index, KEYS);
      gets("get from cached blocks, random", store, index, KEYS);
      long start = System.nanoTime();
      long count = 0;
      try (Cursor cursor = store.cursor(index, KeyRange.all())) {
        while (cursor.next()) {
          count += cursor.value().length > 0 ? 1 : 0;
        }
      }
      System.out.printf(
          "%-42s %,.0f entries/s%n", "scan", count / ((System.nanoTime() - start) / 1e9));
    }
  }

  private static void load(Store store, Index index, int keys) throws Exception {
    Random random = new Random(7);
    long start = System.nanoTime();
    CompletableFuture<?> last = CompletableFuture.completedFuture(0L);
    for (int i = 0; i < keys; ) {
      var batch = new WriteBatch();
      for (int left = 100; left > 0; left--, i++) {
        byte[] value = new byte[VALUE_BYTES];
        random.nextBytes(value);
        batch.put(index, key((int) ((i * 7919L) % keys)), value);
      }
      CompletableFuture<?> next = store.commit(batch, Durability.OS).toCompletableFuture();
      if (i % 10_000 == 0) {
        get(last);
        last = next;
      }
    }
    get(last);
    System.out.printf(
        "%-42s %,.0f records/s%n",
        "load, 100 a batch, OS", keys / ((System.nanoTime() - start) / 1e9));
  }

  private static void gets(String what, Store store, Index index, int keys) {
    Random random = new Random(11);
    int found = 0;
    long warm = Math.min(300_000, keys);
    for (int i = 0; i < warm && !what.contains("cold"); i++) {
      found += store.get(index, key(random.nextInt(keys))).isPresent() ? 1 : 0;
    }
    long[] nanos = new long[300_000];
    for (int i = 0; i < nanos.length; i++) {
      byte[] key = key(random.nextInt(keys));
      long start = System.nanoTime();
      found += store.get(index, key).isPresent() ? 1 : 0;
      nanos[i] = System.nanoTime() - start;
    }
    print(what + " (" + found + " found)", nanos);
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(16).putLong(number * 0x9e3779b97f4a7c15L).putLong(number).array();
  }

  private static void get(CompletableFuture<?> done)
      throws InterruptedException, ExecutionException {
    done.get();
  }

  private static void print(String what, long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    double mean = Arrays.stream(sorted).average().orElse(0);
    System.out.printf(
        "%-42s p50 %.2f  p99 %.2f  p99.9 %.2f  mean %.2f us%n",
        what,
        sorted[sorted.length / 2] / 1e3,
        sorted[sorted.length * 99 / 100] / 1e3,
        sorted[sorted.length * 999 / 1000] / 1e3,
        mean / 1e3);
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
