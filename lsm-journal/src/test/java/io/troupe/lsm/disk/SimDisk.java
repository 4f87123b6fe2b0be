package io.troupe.lsm.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * A disk in memory that is as bad as a disk may be. When its power fails, every write that was not
 * synced is there, or not, or in part, by sectors of 512 bytes and in any order; each of the
 * directory's unsynced changes is there or not, whichever came first. Faults are by number of
 * operation: the power fails, or the operation fails. Seeded: the same calls meet the same fate.
 */
public final class SimDisk implements Disk {

  private static final int SECTOR = 512;
  private static final int PARTS = 8;

  /** Thrown by everything once the power is gone. */
  public static final class PowerLoss extends IOException {
    PowerLoss() {
      super("the power is gone");
    }
  }

  /**
   * Which syncs it does not carry out, though it says so: mutations that the crash test has to
   * notice.
   */
  public enum Sync {
    HONEST,
    NOT_THE_LOG,
    NOT_THE_TABLES,
    NOT_THE_MANIFEST,
    NOT_CURRENT,
    NOT_THE_DIRECTORY;

    private boolean skips(String name) {
      return switch (this) {
        case HONEST, NOT_THE_DIRECTORY -> false;
        case NOT_THE_LOG -> name.startsWith("wal-");
        case NOT_THE_TABLES -> name.endsWith(".sst");
        case NOT_THE_MANIFEST -> name.startsWith("manifest-");
        case NOT_CURRENT -> name.startsWith("CURRENT");
      };
    }
  }

  private record Write(int offset, byte[] bytes) {}

  private static final class Content {
    byte[] current = new byte[0];
    int size;
    int reserved;
    byte[] durable = new byte[0];
    final List<Write> unsynced = new ArrayList<>();
    boolean truncated;

    void put(int offset, byte[] bytes) {
      int end = offset + bytes.length;
      if (end > current.length) {
        current = Arrays.copyOf(current, Math.max(end, 2 * current.length));
      }
      unsynced.add(new Write(offset, bytes));
      System.arraycopy(bytes, 0, current, offset, bytes.length);
      size = Math.max(size, end);
    }

    int room() {
      return Math.max(size, reserved);
    }

    void sync() {
      if (truncated) {
        durable = Arrays.copyOf(current, size);
        truncated = false;
      } else {
        if (durable.length != size) {
          durable = Arrays.copyOf(durable, size);
        }
        unsynced.forEach(
            write ->
                System.arraycopy(write.bytes(), 0, durable, write.offset(), write.bytes().length));
      }
      unsynced.clear();
    }
  }

  private interface Change {
    void to(Map<String, Content> names);
  }

  private final Random random;
  // Others of the machine look into it, to know how full the disk is.
  private final Map<String, Content> names = new ConcurrentSkipListMap<>();
  private final Map<String, Content> durableNames = new TreeMap<>();
  private final List<Change> unsyncedChanges = new ArrayList<>();
  private Sync sync = Sync.HONEST;
  private final Power power;
  private boolean locked;
  private boolean failLog;
  private boolean reserves = true;

  /** What the directories of one machine share. */
  private static final class Power {
    final List<SimDisk> directories = new CopyOnWriteArrayList<>();
    volatile long totalBytes;
    long operations;
    long lossAt = Long.MAX_VALUE;
    long failAt = Long.MAX_VALUE;
    boolean gone;
  }

  public SimDisk(long seed, long totalBytes) {
    this(seed, new Power());
    power.totalBytes = totalBytes;
  }

  private SimDisk(long seed, Power power) {
    this.random = new Random(seed);
    this.power = power;
    power.directories.add(this);
  }

  /**
   * Another directory of the same machine: it loses power together with this one, and both fill the
   * same disk.
   */
  public synchronized SimDisk directory() {
    return new SimDisk(random.nextLong(), power).syncing(sync);
  }

  /** Makes the disk as large as that from now on. */
  public void resize(long totalBytes) {
    power.totalBytes = totalBytes;
  }

  /**
   * The power fails within the operation (write, sync or change of the directory) of that number.
   */
  public synchronized SimDisk losePowerAt(long operation) {
    power.lossAt = operation;
    return this;
  }

  /**
   * The operation of that number fails with an I/O error. A sync that fails forgets what it was to
   * sync.
   */
  public synchronized SimDisk failAt(long operation) {
    power.failAt = operation;
    return this;
  }

  /** The next sync of a segment of the log fails, whatever other threads do with other files. */
  public synchronized SimDisk failNextSyncOfTheLog() {
    failLog = true;
    return this;
  }

  /** It cannot take room for what is not written yet. */
  public synchronized SimDisk withoutReserving() {
    reserves = false;
    return this;
  }

  public synchronized SimDisk syncing(Sync how) {
    sync = how;
    return this;
  }

  public synchronized long operations() {
    return power.operations;
  }

  /** Whether the power failed. */
  public synchronized boolean isDead() {
    return power.gone;
  }

  /** The disk as the next start finds it. */
  public synchronized SimDisk afterPowerLoss() {
    power.gone = true;
    var next = new SimDisk(random.nextLong(), power.totalBytes);
    Map<String, Content> found = new TreeMap<>(durableNames);
    // Mostly all but a few, or only a few: of many changes a coin would never keep nearly all.
    int parts = 1 + random.nextInt(PARTS);
    int kept = random.nextInt(parts + 1);
    for (Change change : unsyncedChanges) {
      if (random.nextInt(parts) < kept) {
        change.to(found);
      }
    }
    Map<Content, Content> survived = new HashMap<>();
    found.forEach(
        (name, content) -> next.names.put(name, survived.computeIfAbsent(content, this::survivor)));
    next.durableNames.putAll(next.names);
    return next;
  }

  /** The disk as the next start finds it when only the process ended. */
  public synchronized SimDisk afterKill() {
    power.gone = true;
    var next = new SimDisk(random.nextLong(), power.totalBytes);
    next.names.putAll(names);
    next.durableNames.putAll(durableNames);
    next.unsyncedChanges.addAll(unsyncedChanges);
    return next;
  }

  /** Flips a bit of a file, behind everyone's back. */
  public synchronized void corrupt(String name, int offset) {
    Content content = content(name);
    content.current[offset] ^= 0x10;
    content.durable[offset] ^= 0x10;
  }

  /** Whether a file with such a name has bytes that were not synced. */
  public synchronized boolean hasUnsynced(String prefix) {
    return names.entrySet().stream()
        .anyMatch(e -> e.getKey().startsWith(prefix) && !e.getValue().unsynced.isEmpty());
  }

  /** The bytes of a file. */
  public synchronized byte[] bytes(String name) {
    Content content = content(name);
    return Arrays.copyOf(content.current, content.size);
  }

  @Override
  public synchronized DiskFile create(String name) throws IOException {
    operation();
    if (names.containsKey(name)) {
      throw new IOException(name + " exists");
    }
    var content = new Content();
    change(all -> all.put(name, content));
    return new SimFile(content);
  }

  @Override
  public synchronized DiskFile open(String name) throws IOException {
    alive();
    if (!names.containsKey(name)) {
      throw new IOException("no file " + name);
    }
    return new SimFile(content(name));
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    operation();
    Content content = content(from);
    change(
        all -> {
          all.values().removeIf(moved -> moved == content); // of whatever name: it has one
          all.put(to, content);
        });
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    operation();
    change(all -> all.remove(name));
  }

  @Override
  public synchronized List<String> list() throws IOException {
    alive();
    return List.copyOf(names.keySet());
  }

  @Override
  public synchronized void sync() throws IOException {
    operation();
    if (sync == Sync.NOT_THE_DIRECTORY) {
      return;
    }
    unsyncedChanges.forEach(change -> change.to(durableNames));
    unsyncedChanges.clear();
  }

  @Override
  public synchronized boolean link(String name, Disk target) throws IOException {
    if (!(target instanceof SimDisk other) || other.power != power) {
      return false;
    }
    operation();
    Content content = content(name);
    if (other.names.containsKey(name)) {
      throw new IOException(name + " exists");
    }
    other.change(all -> all.put(name, content));
    return true;
  }

  @Override
  public synchronized long freeBytes() throws IOException {
    alive();
    return power.totalBytes - used();
  }

  @Override
  public synchronized long totalBytes() throws IOException {
    alive();
    return power.totalBytes;
  }

  @Override
  public synchronized Closeable lock() throws IOException {
    alive();
    if (locked) {
      throw new IOException("open already");
    }
    locked = true;
    return () -> locked = false;
  }

  private long used() {
    return power.directories.stream()
        .flatMap(directory -> directory.names.values().stream())
        .distinct()
        .mapToLong(Content::room)
        .sum();
  }

  private Content content(String name) {
    Content content = names.get(name);
    if (content == null) {
      throw new IllegalArgumentException("no file " + name);
    }
    return content;
  }

  private void change(Change change) {
    change.to(names);
    unsyncedChanges.add(change);
  }

  private void alive() throws IOException {
    if (power.gone) {
      throw new PowerLoss();
    }
  }

  /**
   * Counts, and lets the fault of this number happen. The power fails after the operation took
   * effect in the page cache, or before.
   */
  private boolean operation() throws IOException {
    alive();
    long number = power.operations++;
    if (number == power.lossAt) {
      power.gone = true;
      return true;
    }
    if (number == power.failAt) {
      throw new IOException("injected failure of operation " + number);
    }
    return false;
  }

  /** What the platters hold: the durable bytes, and of each unsynced write some sectors. */
  private Content survivor(Content content) {
    var survivor = new Content();
    byte[] bytes = content.durable.clone();
    for (Write write : content.unsynced) {
      for (int at = write.offset(); at < write.offset() + write.bytes().length; ) {
        int end = Math.min((at / SECTOR + 1) * SECTOR, write.offset() + write.bytes().length);
        if (random.nextInt(3) > 0) {
          if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, end);
          }
          System.arraycopy(write.bytes(), at - write.offset(), bytes, at, end - at);
        }
        at = end;
      }
    }
    survivor.current = bytes;
    survivor.size = bytes.length;
    survivor.durable = bytes.clone();
    return survivor;
  }

  private final class SimFile implements DiskFile {
    private final Content content;

    SimFile(Content content) {
      this.content = content;
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
      synchronized (SimDisk.this) {
        boolean last = operation();
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        long grows = Math.max(0, offset + bytes.length - content.room());
        if (grows > 0 && used() + grows > power.totalBytes) {
          content.put((int) offset, Arrays.copyOf(bytes, bytes.length / 2));
          throw new NoSpaceException("the simulated disk is full");
        }
        content.put((int) offset, bytes);
        if (last) {
          throw new PowerLoss();
        }
      }
    }

    @Override
    public boolean reserve(long bytes) throws IOException {
      synchronized (SimDisk.this) {
        boolean last = operation();
        if (!reserves) {
          return false;
        }
        if (used() + bytes - content.room() > power.totalBytes) {
          throw new NoSpaceException("the simulated disk is full");
        }
        content.reserved = Math.max(content.reserved, (int) bytes);
        if (last) {
          throw new PowerLoss();
        }
        return true;
      }
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
      synchronized (SimDisk.this) {
        alive();
        int length = Math.max(0, Math.min(target.remaining(), content.size - (int) offset));
        target.put(content.current, (int) offset, length);
        return length;
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (SimDisk.this) {
        if (operation()) {
          throw new PowerLoss();
        }
        if (failLog && isNamed(name -> name.startsWith("wal-"))) {
          failLog = false;
          throw new IOException("injected failure of a sync of the log");
        }
        if (!isNamed(sync::skips)) {
          content.sync();
        }
      }
    }

    private boolean isNamed(Predicate<String> test) {
      return names.entrySet().stream()
          .anyMatch(e -> e.getValue() == content && test.test(e.getKey()));
    }

    @Override
    public long size() throws IOException {
      synchronized (SimDisk.this) {
        alive();
        return content.size;
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (SimDisk.this) {
        if (operation()) {
          throw new PowerLoss();
        }
        Arrays.fill(content.current, (int) size, content.size, (byte) 0);
        content.truncated = true;
        content.reserved = Math.min(content.reserved, (int) size);
        content.size = (int) size;
      }
    }

    @Override
    public void close() {}
  }
}
