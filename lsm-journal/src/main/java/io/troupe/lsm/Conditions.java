package io.troupe.lsm;

import io.troupe.lsm.entry.Found;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.memtable.Memtable;
import io.troupe.lsm.memtable.SkipList;
import io.troupe.lsm.range.GrowingTombstones;
import io.troupe.lsm.wal.Operations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Decides which batches of a group find what they expect. {@link #observe} reads ahead on the
 * thread that commits; the log thread then looks at what came since: the batches before it in the
 * group, and the memtables. It reads tables only when a memtable was flushed in between.
 */
final class Conditions {

  private static final int SHOWN_KEY_BYTES = 64;

  /** Not a sequence number: the memtables have no version of the key. */
  private static final long NOT_THERE = -1;

  private record Key(int index, ByteBuffer bytes) {
    static Key of(Index index, byte[] key) {
      return new Key(index.id(), ByteBuffer.wrap(key));
    }

    static Key of(Operations operation) {
      return new Key(
          operation.index(),
          ByteBuffer.wrap(operation.array(), operation.keyAt(), operation.keyLength()));
    }
  }

  private final EngineCore core;

  Conditions(EngineCore core) {
    this.core = core;
  }

  /** What there is for the expectations of a batch now. Any thread; may read the disk. */
  Observed observe(WriteBatch batch) throws IOException {
    List<WriteBatch.Expectation> expectations = batch.expectations();
    // The number first: the view then has everything up to it.
    long asOf = core.visible();
    long[] sequences = new long[expectations.size()];
    View view = core.views().acquire();
    try {
      for (int i = 0; i < sequences.length; i++) {
        sequences[i] = find(view, expectations.get(i), asOf);
      }
    } finally {
      core.views().release(view);
    }
    return new Observed(asOf, sequences);
  }

  /**
   * The commits of a group that find what they expect, in order; they will be numbered from a
   * sequence number on. The others are added to {@code refused}: they are to be told when the rest
   * of the group is visible, so that who is refused sees why.
   */
  List<Commit> met(List<Commit> group, long first, List<Refused> refused) {
    boolean conditional = false;
    for (int i = 0; i < group.size(); i++) {
      conditional |= !group.get(i).batch().expectations().isEmpty();
    }
    if (!conditional) {
      return group;
    }
    List<Commit> met = new ArrayList<>(group.size());
    var earlier = new Earlier();
    View view = core.views().acquire();
    try {
      for (Commit commit : group) {
        try {
          check(commit, view, earlier);
        } catch (StoreException e) {
          refused.add(new Refused(commit, e));
          continue;
        } catch (IOException e) {
          refused.add(new Refused(commit, Readers.readFailure(e)));
          continue;
        }
        long sequence = first + met.size();
        Operations operations = commit.batch().operations();
        while (operations.next()) {
          if (operations.kind() == Operations.DELETE_RANGE) {
            earlier.deleteRange(operations, sequence);
          } else {
            earlier.put(Key.of(operations), operations.kind() == Kind.DELETE ? 0 : sequence);
          }
        }
        met.add(commit);
      }
    } finally {
      core.views().release(view);
    }
    return met;
  }

  /** A commit that must not happen, and why. */
  record Refused(Commit commit, StoreException why) {
    void tell() {
      commit.done().completeExceptionally(why);
    }
  }

  private void check(Commit commit, View view, Earlier earlier) throws IOException {
    List<WriteBatch.Expectation> expectations = commit.batch().expectations();
    for (int i = 0; i < expectations.size(); i++) {
      WriteBatch.Expectation expected = expectations.get(i);
      long ahead = earlier.find(expected.index(), expected.key());
      long found = ahead == NOT_THERE ? found(expected, commit.observed(), i, view) : ahead;
      if (found != expected.sequence()) {
        throw new StoreException(
            StoreException.Kind.CONFLICT,
            "index "
                + expected.index().name()
                + ", key "
                + hex(expected.key())
                + ": expected "
                + shown(expected.sequence())
                + ", found "
                + shown(found));
      }
    }
  }

  private long found(WriteBatch.Expectation expected, Observed observed, int i, View view)
      throws IOException {
    long inMemory = inMemory(view, expected.index().id(), expected.key());
    if (inMemory != NOT_THERE) {
      return inMemory;
    }
    boolean complete = observed.asOf() >= view.version().flushedSequence();
    return complete ? observed.sequences()[i] : find(view, expected, Long.MAX_VALUE);
  }

  private static long inMemory(View view, int index, byte[] key) {
    long found = inMemory(view.active(), index, key);
    for (int i = 0; found == NOT_THERE && i < view.frozen().size(); i++) {
      found = inMemory(view.frozen().get(i), index, key);
    }
    return found;
  }

  private static long inMemory(Memtable memtable, int index, byte[] key) {
    GrowingTombstones ranges = memtable.ranges(index);
    long deleted = ranges == null ? 0 : ranges.newest(key, Long.MAX_VALUE);
    SkipList list = memtable.list(index);
    var found = new Found();
    if (list == null || !list.find(key, Long.MAX_VALUE, found)) {
      return deleted > 0 ? 0 : NOT_THERE;
    }
    boolean gone = found.sequence() < deleted;
    long sequence = sequence(found);
    return gone ? 0 : sequence;
  }

  /** What the batches of a group that were let through have done. */
  private static final class Earlier {
    private final Map<Key, Long> keys = new HashMap<>();
    private final Map<Integer, GrowingTombstones> ranges = new HashMap<>();

    void put(Key key, long sequence) {
      keys.put(key, sequence);
    }

    void deleteRange(Operations operation, long sequence) {
      ranges
          .computeIfAbsent(operation.index(), index -> new GrowingTombstones())
          .add(operation.rangeTombstone(sequence));
    }

    /**
     * The sequence number of a key, 0 when it was deleted, NOT_THERE when nothing was done to it.
     */
    long find(Index index, byte[] key) {
      GrowingTombstones deletes = ranges.get(index.id());
      long deleted = deletes == null ? 0 : deletes.newest(key, Long.MAX_VALUE);
      Long sequence = keys.get(Key.of(index, key));
      if (sequence == null) {
        return deleted > 0 ? 0 : NOT_THERE;
      }
      return sequence < deleted ? 0 : sequence;
    }
  }

  private long find(View view, WriteBatch.Expectation expected, long sequence) throws IOException {
    var found = new Found();
    return PointLookup.find(
            core.tables(), view, expected.index().id(), expected.key(), sequence, found)
        ? sequence(found)
        : 0;
  }

  private static long sequence(Found found) {
    long sequence = found.kind() == Kind.DELETE ? 0 : found.sequence();
    found.release();
    return sequence;
  }

  private static String shown(long sequence) {
    return sequence == 0 ? "sequence 0 (absent)" : "sequence " + sequence;
  }

  private static String hex(byte[] key) {
    return key.length <= SHOWN_KEY_BYTES
        ? HexFormat.of().formatHex(key)
        : HexFormat.of().formatHex(key, 0, SHOWN_KEY_BYTES) + "… (" + key.length + " bytes)";
  }
}
