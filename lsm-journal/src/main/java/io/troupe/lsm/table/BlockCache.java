package io.troupe.lsm.table;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Blocks of tables in memory outside of the heap, of bounded size. Thread-safe; a hit takes no
 * lock.
 *
 * <p>A shard has its memory in chunks, cut into units of 512 bytes; a block takes as many as it
 * needs in a row, so that what is lost is less than a unit for each. A hand goes through the units
 * in the order of their addresses. It takes away what nobody looks at and nobody has read since it
 * came past (twice, for what is read often): what a long scan brings goes at its next round, before
 * anything that was read again. Where that leaves enough units in a row, a new block goes.
 *
 * <p>Why a reader never sees the memory of one block filled with another: see {@link Block}. The
 * buckets are read without a lock; they are changed under the lock of their shard only. A reader
 * who misses a block that was just taken away or put in reads it from the file once more, nothing
 * else happens.
 *
 * <p>Memory is given back by {@link #close}, or when the cache is garbage. A reader that is at work
 * then all the same gets an exception, and never looks at memory that is no more.
 */
public final class BlockCache implements AutoCloseable {

  private static final Cleaner CLEANER = Cleaner.create();

  private static final int UNIT_BYTES = 512;
  private static final int CHUNK_BYTES = 4 << 20;
  private static final long SHARD_BYTES = 4L << 20; // less, and hot blocks of a shard compete
  private static final int MAX_SHARDS = 16;

  /** How many rounds of the hand a block is worth: enough to cool the warmest. */
  private static final int MAX_ROUNDS = 3;

  private final Arena arena = Arena.ofShared();
  private final Cleaner.Cleanable memory = CLEANER.register(this, arena::close);
  private final Shard[] shards;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  /**
   * @param maxBytes how much memory it takes at most; the objects on the heap that describe blocks
   *     come on top, about 80 bytes for each, and as much as an index block takes for its {@link
   *     Guide}
   */
  public BlockCache(long maxBytes) {
    int count = Math.clamp(Long.highestOneBit(Math.max(1, maxBytes / SHARD_BYTES)), 1, MAX_SHARDS);
    shards = new Shard[count];
    for (int i = 0; i < count; i++) {
      shards[i] = new Shard(maxBytes / count, arena);
    }
  }

  /** A block, pinned; null when it is not there. */
  @Nullable Block find(long table, long offset) {
    long hash = hash(table, offset);
    return shard(hash).find(hash, table, offset);
  }

  /**
   * Room for a block, which nobody finds before it is {@link #publish}ed; pinned. Null when it is
   * too large, or everything is looked at.
   */
  @Nullable Block allocate(long table, long offset, int bytes) {
    return shard(hash(table, offset)).allocate(table, offset, bytes);
  }

  /**
   * Makes a block that was filled visible to others. Returns it, or the one that somebody else put
   * in first, pinned.
   */
  Block publish(Block block) {
    long hash = hash(block.table, block.offset);
    return shard(hash).publish(hash, block);
  }

  /** Gives back room for a block that could not be filled. */
  void discard(Block block) {
    shard(hash(block.table, block.offset)).discard(block);
  }

  /** Forgets the blocks of a table that is deleted, except those that somebody looks at. */
  void remove(long table) {
    for (Shard shard : shards) {
      shard.removeIf(block -> block.table == table);
    }
  }

  /** Forgets all, except what somebody looks at. */
  void clear() {
    for (Shard shard : shards) {
      shard.removeIf(block -> true);
    }
  }

  /** Gives all memory back, at once. Nobody may read or load blocks any more. */
  @Override
  public void close() {
    memory.clean();
  }

  /** A reader found its block in memory, or did not. */
  void asked(boolean hit) {
    (hit ? hits : misses).increment();
  }

  /** How many blocks were found in memory. */
  public long hits() {
    return hits.sum();
  }

  /** How many blocks had to be read from files. */
  public long misses() {
    return misses.sum();
  }

  /** How many bytes are taken by blocks, with what is lost at their ends. */
  public long bytes() {
    long bytes = 0;
    for (Shard shard : shards) {
      bytes += shard.bytes();
    }
    return bytes;
  }

  private Shard shard(long hash) {
    return shards[(int) (hash >>> 32) & (shards.length - 1)];
  }

  private static long hash(long table, long offset) {
    long z = (table * 0x9e3779b97f4a7c15L) ^ (offset * 0xc2b2ae3d27d4eb4fL);
    z = (z ^ (z >>> 32)) * 0xbf58476d1ce4e5b9L;
    return z ^ (z >>> 29);
  }

  private static final class Shard {
    private final Arena arena;
    private final int chunkUnits;
    private final @Nullable MemorySegment[] chunks;
    private final @Nullable Block[] owners; // by first unit
    private final AtomicReferenceArray<@Nullable Block> buckets;
    private int hand;
    private int used;

    Shard(long bytes, Arena arena) {
      this.arena = arena;
      int parts = Math.toIntExact(Math.max(1, (bytes + CHUNK_BYTES - 1) / CHUNK_BYTES));
      chunkUnits = (int) (bytes / parts / UNIT_BYTES);
      int count = chunkUnits == 0 ? 0 : parts;
      chunks = new MemorySegment[count];
      owners = new Block[count * chunkUnits];
      buckets =
          new AtomicReferenceArray<>(Math.max(16, Integer.highestOneBit(owners.length / 4 + 1)));
    }

    @Nullable Block find(long hash, long table, long offset) {
      for (Block block = buckets.getAcquire(bucket(hash)); block != null; block = block.next) {
        if (block.offset == offset && block.table == table && block.pin()) {
          return block;
        }
      }
      return null;
    }

    synchronized @Nullable Block allocate(long table, long offset, int bytes) {
      int units = Math.max(1, (bytes + UNIT_BYTES - 1) / UNIT_BYTES);
      if (2 * units > chunkUnits) {
        return null; // it would push out half of a chunk, and hardly ever find a place
      }
      int row = 0; // units in front of the hand that are free
      for (int passed = 0; passed < MAX_ROUNDS * owners.length; ) {
        if (hand == owners.length) {
          hand = 0;
        }
        if (hand % chunkUnits == 0) {
          row = 0;
        }
        Block owner = owners[hand];
        int step = owner == null ? 1 : units(owner);
        if (owner != null && owner.tryEvict()) {
          unlink(owner);
          owner = null;
        }
        row = owner == null ? row + step : 0;
        hand += step;
        passed += step;
        if (row >= units) {
          int first = hand - row;
          hand = first + units; // the rest of the row is free for the next one
          var block =
              new Block(
                  chunk(first / chunkUnits),
                  first % chunkUnits * UNIT_BYTES,
                  bytes,
                  table,
                  offset,
                  first);
          owners[first] = block;
          used += units;
          return block;
        }
      }
      return null;
    }

    synchronized Block publish(long hash, Block block) {
      Block present = find(hash, block.table, block.offset);
      if (present != null) {
        free(block);
        return present;
      }
      int bucket = bucket(hash);
      block.next = buckets.getPlain(bucket);
      buckets.setRelease(bucket, block);
      return block;
    }

    synchronized void discard(Block block) {
      free(block);
    }

    synchronized void removeIf(Predicate<Block> forgotten) {
      for (int unit = 0; unit < owners.length; unit++) {
        Block owner = owners[unit];
        if (owner != null && forgotten.test(owner) && owner.drop()) {
          unlink(owner);
        }
      }
    }

    synchronized long bytes() {
      return (long) used * UNIT_BYTES;
    }

    /** The memory of a block that nobody has found yet. */
    private void free(Block block) {
      block.release();
      if (!block.drop()) {
        throw new IllegalStateException("a block that is not published is pinned");
      }
      owners[block.firstUnit] = null;
      used -= units(block);
    }

    private void unlink(Block gone) {
      gone.leaveHome();
      owners[gone.firstUnit] = null;
      used -= units(gone);
      int bucket = bucket(hash(gone.table, gone.offset));
      Block before = buckets.getPlain(bucket);
      if (before == gone) {
        buckets.setRelease(bucket, gone.next);
        return;
      }
      while (before != null) {
        Block next = before.next;
        if (next == gone) {
          before.next = gone.next; // gone keeps its own link: who stands on it goes on
          return;
        }
        before = next;
      }
    }

    private int units(Block block) {
      return Math.max(1, (block.length() + UNIT_BYTES - 1) / UNIT_BYTES);
    }

    private int bucket(long hash) {
      return (int) hash & (buckets.length() - 1);
    }

    private MemorySegment chunk(int number) {
      MemorySegment chunk = chunks[number];
      if (chunk == null) {
        chunk = HugePages.allocate((long) chunkUnits * UNIT_BYTES, arena);
        chunks[number] = chunk;
      }
      return chunk;
    }
  }
}
