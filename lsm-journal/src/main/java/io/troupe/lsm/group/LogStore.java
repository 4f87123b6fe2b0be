package io.troupe.lsm.group;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.Reader;
import io.troupe.lsm.Snapshot;
import io.troupe.lsm.StoreException;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.replicated.LogEntry;
import io.troupe.lsm.replicated.Membership;
import io.troupe.lsm.replicated.Outline;
import io.troupe.lsm.replicated.Position;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A group's log and what is kept besides it, as records of the store. Fills batches and reads; who
 * commits them is not its business.
 *
 * <pre>
 * index group.log:   group u64, index u64 → entry ({@link EntryFormat})
 * index group.state: group u64, 'p' → promise; 'a' → applied; 'b' → base; 'i' → installing;
 *                    'r' → nothing: being removed
 * </pre>
 *
 * <p>The base is the place in front of the first entry that is kept. The mark <em>installing</em>
 * says that the group's ranges are being replaced by what is staged, see {@link Staging}: they are
 * no state until it is gone. With the mark <em>being removed</em> the group does not exist any
 * more: what else there is of it is on its way out.
 */
final class LogStore {

  /** Indices with such names are not for applications. */
  static final String RESERVED = "group.";

  private static final String LOG = RESERVED + "log";
  private static final String STATE = RESERVED + "state";
  private static final byte PROMISE = 'p';
  private static final byte APPLIED = 'a';
  private static final byte BASE = 'b';
  private static final byte INSTALLING = 'i';
  private static final byte REMOVING = 'r';

  private static final byte[] NOTHING = {};

  private final GroupStore store;
  private final GroupId group;
  private final Index log;
  private final Index state;

  LogStore(GroupStore store, GroupId group) {
    this.store = store;
    this.group = group;
    this.log = store.index(LOG);
    this.state = store.index(STATE);
  }

  /**
   * Begins an empty log, durably, unless there is one. Blocks.
   *
   * @throws IllegalStateException when one is being removed
   */
  void create(Membership first) {
    try (Snapshot now = store.snapshot()) {
      refuseWhileRemoved(now);
      if (now.get(state, stateKey(BASE)).isPresent()) {
        return;
      }
    }
    var start = new StateAt(Position.START, first);
    var batch = new WriteBatch().put(state, stateKey(BASE), StateFormat.place(start));
    applied(batch, start);
    store.commitAndWait(batch, Durability.SYNC);
  }

  // ---- parts of batches

  void promise(WriteBatch batch, long epoch) {
    batch.put(state, stateKey(PROMISE), StateFormat.promise(epoch));
  }

  void put(WriteBatch batch, LogEntry entry) {
    batch.put(log, logKey(entry.index()), EntryFormat.encode(entry));
  }

  /** Removes the entries from an index on. */
  void cut(WriteBatch batch, long from) {
    batch.deleteRange(log, logKey(from), endOfLog());
  }

  void applied(WriteBatch batch, StateAt at) {
    batch.put(state, stateKey(APPLIED), StateFormat.place(at));
  }

  /** Removes the entries up to a place, which are applied. */
  void drop(WriteBatch batch, StateAt base) {
    batch.deleteRange(log, logKey(0), logKey(base.index() + 1));
    batch.put(state, stateKey(BASE), StateFormat.place(base));
  }

  /** Says from when on the ranges are no state. */
  void installing(WriteBatch batch, StateAt at) {
    batch.put(state, stateKey(INSTALLING), StateFormat.place(at));
  }

  /**
   * The ranges are the state at a place now.
   *
   * @param keepRest whether what comes after it in the log goes on from there
   */
  void installed(WriteBatch batch, StateAt at, boolean keepRest) {
    drop(batch, at);
    if (!keepRest) {
      cut(batch, 0);
    }
    applied(batch, at);
    batch.delete(state, stateKey(INSTALLING));
  }

  /** Says that the group does not exist any more. */
  void removing(WriteBatch batch) {
    batch.put(state, stateKey(REMOVING), NOTHING);
  }

  /** Removes the log and all that is kept besides it, also what says that it is being removed. */
  void remove(WriteBatch batch) {
    cut(batch, 0);
    batch.deleteRange(state, firstKey(), endOfLog());
  }

  // ---- reads

  /** Whether anything is left of the group, also while it is being removed. */
  boolean exists(Reader reader) {
    return reader.get(state, stateKey(BASE)).isPresent() || isBeingRemoved(reader);
  }

  private boolean isBeingRemoved(Reader reader) {
    return reader.get(state, stateKey(REMOVING)).isPresent();
  }

  private void refuseWhileRemoved(Reader reader) {
    if (isBeingRemoved(reader)) {
      throw new IllegalStateException(
          group + " does not exist here any more: its removal is not finished");
    }
  }

  /** What is applied in the state that a reader shows; empty when the ranges are none. */
  Optional<StateAt> applied(Reader reader) {
    return reader.get(state, stateKey(INSTALLING)).isPresent()
        ? Optional.empty()
        : reader.get(state, stateKey(APPLIED)).map(StateFormat::place);
  }

  /**
   * Entries from one index to another, both included, or as many of them from the first on as fit
   * into so many bytes, at least one; fewer when one is not there.
   */
  List<LogEntry> read(Reader reader, long from, long to, long maxBytes) {
    List<LogEntry> found = new ArrayList<>();
    long bytes = 0;
    try (Cursor cursor = reader.cursor(log, KeyRange.between(logKey(from), logKey(to + 1)))) {
      while (bytes < maxBytes && cursor.next()) {
        long index = index(cursor.key());
        if (index != from + found.size()) {
          break;
        }
        LogEntry entry = EntryFormat.decode(index, cursor.value());
        bytes += EntryFormat.bytes(entry);
        if (bytes > maxBytes && !found.isEmpty()) {
          break;
        }
        found.add(entry);
      }
    }
    return found;
  }

  /**
   * What a member starts with: one walk over the log, of which only epochs, lengths and memberships
   * are looked at. Blocks.
   *
   * @throws StoreException CORRUPT when it does not fit together
   * @throws IllegalStateException when nobody created the group here, or it is being removed
   */
  Loaded load(LogSizes sizes) {
    try (Snapshot now = store.snapshot()) {
      refuseWhileRemoved(now);
      StateAt base =
          now.get(state, stateKey(BASE))
              .map(StateFormat::place)
              .orElseThrow(() -> new IllegalStateException(group + " was not created here"));
      long promised = now.get(state, stateKey(PROMISE)).map(StateFormat::promise).orElse(0L);
      Optional<StateAt> applied = now.get(state, stateKey(APPLIED)).map(StateFormat::place);
      Optional<StateAt> installing = now.get(state, stateKey(INSTALLING)).map(StateFormat::place);
      Outline outline = outline(now, base, sizes);
      StateAt at = applied.orElse(base);
      if (at.index() < base.index() || at.index() > outline.lastIndex()) {
        throw corrupt(
            "applied is "
                + at.position()
                + ", the log "
                + base.position()
                + " to "
                + outline.last());
      }
      return new Loaded(outline, promised, at, installing);
    } catch (MalformedException e) {
      throw new StoreException(StoreException.Kind.CORRUPT, group + ": " + e.getMessage(), e);
    }
  }

  private Outline outline(Reader now, StateAt base, LogSizes sizes) {
    var outline = new Outline(base.position(), base.membership());
    try (Cursor cursor = now.cursor(log, KeyRange.between(logKey(base.index() + 1), endOfLog()))) {
      while (cursor.next()) {
        long index = index(cursor.key());
        if (index != outline.lastIndex() + 1) {
          throw corrupt("entry " + index + " follows " + outline.lastIndex());
        }
        outline.append(EntryFormat.outlined(index, cursor.valueSegment()));
        sizes.add(index, cursor.valueSegment().byteSize());
      }
    } catch (IllegalArgumentException e) {
      throw new StoreException(StoreException.Kind.CORRUPT, group + ": the log is not in order", e);
    }
    return outline;
  }

  private StoreException corrupt(String what) {
    return new StoreException(StoreException.Kind.CORRUPT, group + ": " + what);
  }

  private byte[] stateKey(byte what) {
    return ByteBuffer.allocate(Long.BYTES + 1).putLong(group.value()).put(what).array();
  }

  private byte[] logKey(long index) {
    return ByteBuffer.allocate(2 * Long.BYTES).putLong(group.value()).putLong(index).array();
  }

  private byte[] firstKey() {
    return ByteBuffer.allocate(Long.BYTES).putLong(group.value()).array();
  }

  private byte[] endOfLog() {
    return ByteBuffer.allocate(Long.BYTES).putLong(group.value() + 1).array();
  }

  private static long index(byte[] key) {
    return ByteBuffer.wrap(key).getLong(Long.BYTES);
  }
}
