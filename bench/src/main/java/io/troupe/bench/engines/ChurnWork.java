package io.troupe.bench.engines;

import io.troupe.bench.report.Unit;
import io.troupe.bench.report.WrongResult;

/**
 * Files that are soon gone: each has three records, is deleted when ten thousand others have come,
 * and the last ones at the end. Ten files are created and as many deleted in a batch.
 */
final class ChurnWork implements Work {
  private static final int DIRECTORIES = 16;
  private static final int LIVING = 10_000;
  private static final int FILES_PER_BATCH = 10;

  private static final byte ENTRY = 1;
  private static final byte INODE = 2;
  private static final byte BLOCKS = 3;
  private static final int ENTRY_BYTES = 64;
  private static final int INODE_BYTES = 200;
  private static final int BLOCKS_BYTES = 120;

  @Override
  public void run(Setup setup, Figures figures) throws Exception {
    Setup mine = setup.in("churn");
    long files = Math.max(2 * LIVING, setup.records() / 4);
    try (Engine engine = mine.open()) {
      try (Space space = Space.watch(mine.directory())) {
        churn(engine, LIVING);
        long begun = System.nanoTime();
        churn(engine, files);
        double seconds = (System.nanoTime() - begun) / 1e9;
        figures.add("churn", Unit.FILES, files / seconds);
        figures.add("churn, most space", Unit.SPACE, space.peakMib());
      }
      figures.add("churn, list 16 emptied", Unit.MILLISECONDS, list(engine));
      engine.settle();
      figures.add("churn, list at rest", Unit.MILLISECONDS, list(engine));
      Check nothing = Check.ordered();
      engine.scan(new byte[] {0}, Bytes.behind(new byte[0]), nothing);
      nothing.came("after the churn", 0, 0);
    }
    figures.add("churn, space after close", Unit.SPACE, Space.mib(mine.directory()));
  }

  private static void churn(Engine engine, long files) throws Exception {
    for (long first = 0; first < files + LIVING; first += FILES_PER_BATCH) {
      Batch batch = new Batch();
      for (long file = first; file < first + FILES_PER_BATCH; file++) {
        if (file < files) {
          create(batch, file);
        }
        if (file >= LIVING) {
          delete(batch, file - LIVING);
        }
      }
      if (batch.size() > 0) {
        engine.write(batch);
      }
      if (first < files && first % (100 * FILES_PER_BATCH) == 0) {
        WrongResult.unless(engine.get(inode(first)) != null, "a file is gone");
      }
    }
  }

  private static void create(Batch batch, long file) {
    batch
        .put(entry(file), Bytes.value(file, ENTRY_BYTES))
        .put(inode(file), Bytes.value(file, INODE_BYTES))
        .put(blocks(file), Bytes.value(file, BLOCKS_BYTES));
  }

  private static void delete(Batch batch, long file) {
    batch.delete(entry(file)).delete(inode(file)).delete(blocks(file));
  }

  private static byte[] entry(long file) {
    byte[] key = key(ENTRY, file % DIRECTORIES, 1 + 2 * Bytes.NUMBER_BYTES);
    Bytes.number(key, 1 + Bytes.NUMBER_BYTES, Bytes.mix(file));
    return key;
  }

  private static byte[] inode(long file) {
    return key(INODE, file, 16);
  }

  private static byte[] blocks(long file) {
    return key(BLOCKS, file, 24);
  }

  private static byte[] key(byte kind, long number, int length) {
    byte[] key = new byte[length];
    key[0] = kind;
    Bytes.number(key, 1, number);
    return key;
  }

  private static double list(Engine engine) throws Exception {
    long begun = System.nanoTime();
    for (int directory = 0; directory < DIRECTORIES; directory++) {
      byte[] prefix = key(ENTRY, directory, 1 + Bytes.NUMBER_BYTES);
      Check nothing = Check.ordered();
      engine.scan(prefix, Bytes.behind(prefix), nothing);
      nothing.came("an emptied directory", 0, 0);
    }
    return (System.nanoTime() - begun) / 1e6;
  }
}
