package io.troupe.lsm;

import io.troupe.lsm.wal.Operations;
import io.troupe.lsm.wal.WalFormat;
import io.troupe.lsm.wal.WalTail;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Follows the log: all batches from one on, in order, first those that are there and then those
 * that come. Reads them from the segments; nothing is queued, so that one who does not poll costs
 * nothing. It does not keep segments from being given up either: who falls behind {@link
 * StoreOptions#walRetainBytes} gets COMPACTED.
 *
 * <p>Made by {@link Store#tail}. For one thread, which must not be interrupted while it polls.
 *
 * <pre>{@code
 * LogTail tail = store.tail(next, true, () -> self.tell(new Follow()));
 * // upon Follow, and once at the start:
 * for (var batch = tail.poll(); batch.isPresent(); batch = tail.poll()) {
 *   send(batch.get());
 * }
 * }</pre>
 */
public final class LogTail implements AutoCloseable {

  private final WalTail log;
  private final Indices indices;
  private final LongSupplier limit;
  private final Runnable more;
  private final Tails tails;
  private final AtomicBoolean waiting = new AtomicBoolean();
  private boolean closed;

  LogTail(WalTail log, Indices indices, LongSupplier limit, Runnable more, Tails tails) {
    this.log = log;
    this.indices = indices;
    this.limit = limit;
    this.more = more;
    this.tails = tails;
    tails.add(this);
  }

  /**
   * The next batch. Empty when there is none yet: then the callback is called, once, when it may be
   * there. Reads the page cache or the disk, and waits for nothing else.
   *
   * @throws StoreException COMPACTED when it is not in the log any more, CORRUPT when it does not
   *     verify
   */
  public Optional<LoggedBatch> poll() {
    if (closed) {
      throw new IllegalStateException("the tail is closed");
    }
    try {
      if (!log.next(limit.getAsLong())) {
        waiting.set(true);
        // Once more: it may have come before anybody could know that it is waited for.
        if (!log.next(limit.getAsLong())) {
          return Optional.empty();
        }
        waiting.set(false);
      }
      return Optional.of(batch());
    } catch (WalTail.GoneException e) {
      throw new StoreException(StoreException.Kind.COMPACTED, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw Readers.readFailure(e);
    }
  }

  /** Number of the batch that {@link #poll} gives next. */
  public long position() {
    return log.position();
  }

  @Override
  public void close() {
    closed = true;
    tails.remove(this);
    try {
      log.close();
    } catch (IOException e) {
      throw Readers.readFailure(e);
    }
  }

  /** There is more. On the thread that writes. */
  void signal() {
    if (waiting.compareAndSet(true, false)) {
      more.run();
    }
  }

  private LoggedBatch batch() {
    List<LoggedBatch.Operation> operations = new ArrayList<>();
    Operations walk = log.operations();
    while (walk.next()) {
      if (walk.kind() != WalFormat.DECLARE) {
        operations.add(
            new LoggedBatch.Operation(
                indices.byId(walk.index()),
                walk.kind(),
                Arrays.copyOfRange(walk.array(), walk.keyAt(), walk.keyAt() + walk.keyLength()),
                Arrays.copyOfRange(
                    walk.array(), walk.valueAt(), walk.valueAt() + walk.valueLength())));
      }
    }
    return new LoggedBatch(log.sequence(), log.epoch(), List.copyOf(operations));
  }
}
