package io.troupe.bench.objects;

import io.troupe.bench.report.Figure;
import io.troupe.bench.report.Stopwatch;
import io.troupe.bench.report.Unit;
import io.troupe.bench.report.WrongResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * One pattern of access to whatever content. Every block of 4 KiB carries its number and its
 * version, which each read checks outside of the time that is measured.
 */
final class ContentWork {
  private static final int BLOCK = 4 << 10;
  private static final int BLOCKS = Content.OBJECT_BYTES / BLOCK;
  private static final int MAX_SMALL = 20_000;

  private final Content content;
  private final int objects;
  private final Duration limit;
  private final long[] versions;
  private final MemorySegment object = Arena.ofAuto().allocate(Content.OBJECT_BYTES, BLOCK);
  private final Random random = new Random(42);
  private long nextVersion = 1;

  ContentWork(Content content, int objects, Duration limit) {
    this.content = content;
    this.objects = objects;
    this.limit = limit;
    this.versions = new long[objects * BLOCKS];
  }

  private void stamp(MemorySegment data, int firstBlock) {
    for (int i = 0; i < data.byteSize() / BLOCK; i++) {
      versions[firstBlock + i] = nextVersion;
      MemorySegment block = data.asSlice((long) i * BLOCK, BLOCK);
      block.fill((byte) nextVersion);
      block.setAtIndex(ValueLayout.JAVA_LONG, 0, firstBlock + i);
      block.setAtIndex(ValueLayout.JAVA_LONG, 1, nextVersion);
    }
    nextVersion++;
  }

  private void check(MemorySegment data, int firstBlock) {
    for (int i = 0; i < data.byteSize() / BLOCK; i++) {
      long version = versions[firstBlock + i];
      MemorySegment block = data.asSlice((long) i * BLOCK, BLOCK);
      WrongResult.unless(
          block.get(ValueLayout.JAVA_LONG_UNALIGNED, 0) == firstBlock + i
              && block.get(ValueLayout.JAVA_LONG_UNALIGNED, 8) == version
              && block.get(ValueLayout.JAVA_BYTE, BLOCK - 1) == (byte) version,
          "block " + (firstBlock + i) + " holds something else");
    }
  }

  /** New objects, durable at the end. */
  List<Figure> writes() throws Exception {
    content.clear();
    Arrays.fill(versions, 0);
    Stopwatch watch = new Stopwatch(objects, Duration.ofDays(1)); // all: the next ones read them
    while (watch.goesOn()) {
      int o = watch.count();
      stamp(object, o * BLOCKS);
      watch.start();
      content.write(o, 0, object);
      watch.stop();
    }
    long start = System.nanoTime();
    content.sync();
    watch.include(System.nanoTime() - start);
    return List.of(new Figure("", Unit.MEBIBYTES, watch.perSecond()));
  }

  List<Figure> overwrites() throws Exception {
    MemorySegment block = object.asSlice(0, BLOCK);
    Stopwatch watch = new Stopwatch(MAX_SMALL, limit);
    while (watch.goesOn()) {
      int b = random.nextInt(objects * BLOCKS);
      stamp(block, b);
      watch.start();
      content.write(b / BLOCKS, b % BLOCKS * BLOCK, block);
      content.sync();
      watch.stop();
    }
    return List.of(
        new Figure("", Unit.OPERATIONS, watch.perSecond()),
        new Figure("p50", Unit.MICROSECONDS, watch.microsAt(0.5)));
  }

  List<Figure> coldReads() throws Exception {
    content.dropCache();
    return reads();
  }

  List<Figure> warmReads() throws Exception {
    var unused = reads();
    return reads();
  }

  private List<Figure> reads() throws Exception {
    Stopwatch watch = new Stopwatch(objects, limit);
    while (watch.goesOn()) {
      int o = watch.count();
      watch.start();
      MemorySegment read = content.read(o, 0, Content.OBJECT_BYTES);
      watch.stop();
      check(read, o * BLOCKS);
    }
    return List.of(new Figure("", Unit.MEBIBYTES, watch.perSecond()));
  }

  List<Figure> smallReads() throws Exception {
    Stopwatch watch = new Stopwatch(MAX_SMALL, limit);
    while (watch.goesOn()) {
      int b = random.nextInt(objects * BLOCKS);
      watch.start();
      MemorySegment read = content.read(b / BLOCKS, b % BLOCKS * BLOCK, BLOCK);
      watch.stop();
      check(read, b);
    }
    return List.of(
        new Figure("", Unit.OPERATIONS, watch.perSecond()),
        new Figure("p99", Unit.MICROSECONDS, watch.microsAt(0.99)));
  }
}
