package io.troupe.actors.stream;

import io.aeron.Aeron;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's one Aeron client of a driver, for as long as somebody uses it: each costs a
 * thread. Thread-safe.
 */
final class SharedAeron implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedAeron.class);

  /** Only that an image has come or gone waits for a client's conductor, never a request. */
  private static final long SLEEP_MILLIS = 100;

  /** The client of one directory. */
  private static final class Shared {
    final String directory;

    /** Under the lock of {@link #ALL}. */
    int users;

    private @Nullable Aeron aeron;

    Shared(String directory) {
      this.directory = directory;
    }

    synchronized Aeron connect() {
      Aeron a = aeron;
      if (a == null) {
        a =
            Aeron.connect(
                new Aeron.Context()
                    .aeronDirectoryName(directory)
                    .idleStrategy(new SleepingMillisIdleStrategy(SLEEP_MILLIS))
                    // The default one ends the process when a driver is gone, and those of others
                    // may go.
                    .errorHandler(e -> LOG.debug("driver={} event=stream-error", directory, e))
                    .subscriberErrorHandler(e -> LOG.warn("event=poll-error", e)));
        aeron = a;
      }
      return a;
    }

    synchronized boolean hasEnded() {
      return aeron != null && aeron.isClosed();
    }

    synchronized void close() {
      if (aeron != null) {
        aeron.close();
      }
    }
  }

  private static final Map<String, Shared> ALL = new HashMap<>();

  private final Shared shared;
  private final Aeron aeron;
  private final AtomicBoolean closed = new AtomicBoolean();

  private SharedAeron(Shared shared, Aeron aeron) {
    this.shared = shared;
    this.aeron = aeron;
  }

  /** Connects to the driver, unless this process has done so already. Blocks while it does. */
  static SharedAeron of(String directory) {
    Shared shared;
    synchronized (ALL) {
      shared = ALL.get(directory);
      if (shared == null || shared.hasEnded()) {
        shared = new Shared(directory);
        ALL.put(directory, shared);
      }
      shared.users++;
    }
    try {
      return new SharedAeron(shared, shared.connect());
    } catch (RuntimeException e) {
      release(shared);
      throw e;
    }
  }

  Aeron aeron() {
    return aeron;
  }

  /** May block for the time that the client's thread needs to end. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release(shared);
    }
  }

  private static void release(Shared shared) {
    boolean last;
    synchronized (ALL) {
      last = --shared.users == 0;
      if (last) {
        ALL.remove(shared.directory, shared);
      }
    }
    if (last) {
      shared.close();
    }
  }

  /** Drivers that this process is a client of. */
  static int count() {
    synchronized (ALL) {
      return ALL.size();
    }
  }
}
