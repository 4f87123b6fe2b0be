package io.troupe.osd.store;

import io.troupe.lsm.disk.NoSpaceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk in memory that is as bad as a disk may be. When its power fails, every write that was not
 * forced is there, or not, or in part, by sectors of 512 bytes and in any order. A force that fails
 * forgets what it was to write out, as Linux does: the next one succeeds. Faults are by number of
 * operation (a change or a force). Seeded: the same calls meet the same fate.
 */
final class SimBlockDisk implements BlockDisk {
  private static final int SECTOR = 512;
  private static final int BLOCK = BlockMap.BLOCK_BYTES;
  private static final long TOTAL_BYTES = 1L << 30;

  /** What is injected. */
  enum Fault {
    NONE,
    POWER_LOSS,
    IO_ERROR,
    NO_SPACE
  }

  private record Write(int offset, byte[] bytes) {}

  private static final class Content {
    byte[] current = new byte[0];
    byte[] durable = new byte[0];
    List<Write> unforced = new ArrayList<>();

    /** Blocks that take space. */
    BitSet allocated = new BitSet();

    void put(int offset, byte[] bytes) {
      current = Arrays.copyOf(current, Math.max(current.length, offset + bytes.length));
      System.arraycopy(bytes, 0, current, offset, bytes.length);
      unforced.add(new Write(offset, bytes));
    }
  }

  private final Random random;
  private TreeMap<Integer, Content> files = new TreeMap<>();

  /** Deleted, but the directory may not know. */
  private final TreeMap<Integer, Content> deleted = new TreeMap<>();

  private long operations;
  private long faultAt = -1;
  private Fault fault = Fault.NONE;
  private boolean dead;

  SimBlockDisk(long seed) {
    random = new Random(seed);
  }

  /** Lets the operation go wrong that comes after so many others. */
  synchronized void inject(Fault what, int after) {
    fault = what;
    faultAt = operations + after;
  }

  synchronized boolean isDead() {
    return dead;
  }

  synchronized void losePower() {
    dead = true;
  }

  synchronized long allocatedBlocks() {
    return files.values().stream().mapToLong(c -> c.allocated.cardinality()).sum();
  }

  synchronized int segments() {
    return files.size();
  }

  /** The disk as the next start finds it. */
  synchronized SimBlockDisk afterPowerLoss() {
    dead = true;
    SimBlockDisk next = new SimBlockDisk(random.nextLong());
    deleted.forEach(
        (id, c) -> {
          if (random.nextBoolean()) {
            files.putIfAbsent(id, c);
          }
        });
    files.forEach(
        (id, c) -> {
          Content survivor = new Content();
          survivor.current = survived(c);
          survivor.durable = survivor.current.clone();
          survivor.allocated.set(0, Math.ceilDiv(survivor.current.length, BLOCK));
          next.files.put(id, survivor);
        });
    return next;
  }

  /** The disk as the next start finds it when only the process ended. */
  synchronized SimBlockDisk afterKill() {
    dead = true;
    SimBlockDisk next = new SimBlockDisk(random.nextLong());
    next.files = files;
    return next;
  }

  /** The durable bytes and every other write: not what a force has failed to write. */
  private static byte[] written(Content c) {
    byte[] bytes = Arrays.copyOf(c.durable, Math.max(c.durable.length, c.current.length));
    for (Write w : c.unforced) {
      System.arraycopy(w.bytes(), 0, bytes, w.offset(), w.bytes().length);
    }
    return bytes;
  }

  /** The durable bytes, and of each other write some sectors. */
  private byte[] survived(Content c) {
    byte[] bytes = c.durable.clone();
    for (Write w : c.unforced) {
      for (int at = 0; at < w.bytes().length; at += SECTOR) {
        int n = Math.min(SECTOR, w.bytes().length - at);
        if (random.nextInt(3) > 0) {
          int offset = w.offset() + at;
          bytes = Arrays.copyOf(bytes, Math.max(bytes.length, offset + n));
          System.arraycopy(w.bytes(), at, bytes, offset, n);
        }
      }
    }
    return bytes;
  }

  /** Counts, and tells what goes wrong with this one. */
  private Fault operation() throws IOException {
    alive();
    if (operations++ != faultAt) {
      return Fault.NONE;
    }
    dead = fault == Fault.POWER_LOSS;
    return fault;
  }

  private void alive() throws IOException {
    if (dead) {
      throw new IOException("the power is gone");
    }
  }

  private static void fail(Fault f) throws IOException {
    switch (f) {
      case NONE -> {}
      case POWER_LOSS -> throw new IOException("the power is gone");
      case IO_ERROR -> throw new IOException("injected");
      case NO_SPACE -> throw new NoSpaceException("injected");
    }
  }

  @Override
  public synchronized List<Integer> list() throws IOException {
    alive();
    return List.copyOf(files.keySet());
  }

  @Override
  public synchronized BlockFile create(int id) throws IOException {
    Fault f = operation();
    if (files.containsKey(id)) {
      throw new IOException("segment " + id + " exists");
    }
    if (f == Fault.NONE || random.nextBoolean()) {
      files.put(id, new Content());
    }
    fail(f);
    return open(id);
  }

  @Override
  public synchronized BlockFile open(int id) throws IOException {
    alive();
    Content c = files.get(id);
    if (c == null) {
      throw new IOException("no segment " + id);
    }
    return new SimFile(id, c);
  }

  @Override
  public synchronized void delete(int id) throws IOException {
    fail(operation());
    Content c = files.remove(id);
    if (c != null) {
      deleted.put(id, c);
    }
  }

  @Override
  public long freeBytes() {
    return TOTAL_BYTES;
  }

  @Override
  public long totalBytes() {
    return TOTAL_BYTES;
  }

  private final class SimFile implements BlockFile {
    private final int id;
    private final Content content;

    SimFile(int id, Content content) {
      this.id = id;
      this.content = content;
    }

    @Override
    public String name() {
      return "segment " + id;
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
      synchronized (SimBlockDisk.this) {
        Fault f = operation();
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        if (f != Fault.NONE) {
          bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length / SECTOR + 1) * SECTOR);
        }
        content.put((int) offset, bytes);
        int first = (int) (offset / BLOCK);
        content.allocated.set(first, first + Math.ceilDiv(bytes.length, BLOCK));
        fail(f);
      }
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
      synchronized (SimBlockDisk.this) {
        alive();
        int n = Math.clamp(content.current.length - offset, 0, into.remaining());
        into.put(content.current, (int) Math.min(offset, content.current.length), n);
        into.put(new byte[into.remaining()]);
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (SimBlockDisk.this) {
        Fault f = operation();
        content.durable = f == Fault.NONE ? written(content) : survived(content);
        content.unforced = new ArrayList<>();
        fail(f);
      }
    }

    /** What is written and not forced may be durable any time. */
    @Override
    public void beginWriteOut(long offset, long length) {}

    @Override
    public void punch(long offset, long length) throws IOException {
      synchronized (SimBlockDisk.this) {
        fail(operation());
        int end = (int) Math.min(offset + length, content.current.length);
        if (end > offset) {
          content.put((int) offset, new byte[end - (int) offset]);
        }
        content.allocated.clear((int) (offset / BLOCK), (int) ((offset + length) / BLOCK));
      }
    }

    @Override
    public long sizeBytes() throws IOException {
      synchronized (SimBlockDisk.this) {
        alive();
        return content.current.length;
      }
    }

    @Override
    public void close() {}
  }
}
