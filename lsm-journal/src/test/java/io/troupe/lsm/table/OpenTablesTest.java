package io.troupe.lsm.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.Compression;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.disk.SimDisk;
import io.troupe.lsm.entry.Found;
import io.troupe.lsm.entry.Kind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OpenTablesTest {

  private static final int TABLES = 24;
  private static final int MAX_OPEN = 3;
  private static final int THREADS = 4;

  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  /** A thread holds the file that it reads, even when it is let go meanwhile; no more. */
  @Test
  void filesStayBoundedWhileManyThreadsRead() throws Exception {
    SimDisk disk = new SimDisk(1, 64 << 20);
    for (int table = 1; table <= TABLES; table++) {
      write(disk, table);
    }
    var tables = new TableCache(counted(disk), new BlockCache(0), MAX_OPEN);
    try (ExecutorService pool = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> done = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        var random = new Random(thread);
        done.add(
            pool.submit(
                () -> {
                  read(tables, random);
                  return true;
                }));
      }
      for (Future<?> future : done) {
        assertThat(future.get(30, TimeUnit.SECONDS)).isEqualTo(true);
      }
    }
    assertThat(most.get()).as("one more while it is opened").isBetween(2, MAX_OPEN + THREADS + 1);
    assertThat(open.get()).isLessThanOrEqualTo(MAX_OPEN);
    tables.close();
    assertThat(open.get()).isZero();
  }

  private static void read(TableCache tables, Random random) throws IOException {
    for (int i = 0; i < 2_000; i++) {
      int table = 1 + random.nextInt(TABLES);
      byte[] key = key(table);
      var found = new Found();
      assertThat(tables.find(table, key, TableCache.hash(key), 9, found)).isTrue();
      assertThat(found.copyValue()).isEqualTo(key);
      found.release();
    }
  }

  private static void write(Disk disk, int table) throws IOException {
    try (var writer = new TableWriter(disk, table, 1, 4096, Compression.NONE)) {
      byte[] key = key(table);
      writer.add(key, key.length, 5, Kind.PUT, MemorySegment.ofArray(key), 0, key.length);
      writer.finish();
    }
  }

  private static byte[] key(int table) {
    return ("key " + table).getBytes(StandardCharsets.UTF_8);
  }

  private Disk counted(Disk disk) {
    return proxy(
        Disk.class,
        (self, method, arguments) -> {
          Object result = call(() -> method.invoke(disk, arguments));
          if (!method.getName().equals("open")) {
            return result;
          }
          most.accumulateAndGet(open.incrementAndGet(), Math::max);
          return counted((DiskFile) result);
        });
  }

  private DiskFile counted(DiskFile file) {
    return proxy(
        DiskFile.class,
        (self, method, arguments) -> {
          if (method.getName().equals("close")) {
            open.decrementAndGet();
          }
          return call(() -> method.invoke(file, arguments));
        });
  }

  private interface Call {
    Object run() throws ReflectiveOperationException;
  }

  private static Object call(Call call) throws Throwable {
    try {
      return call.run();
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
