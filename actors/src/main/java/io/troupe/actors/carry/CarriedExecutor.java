package io.troupe.actors.carry;

import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;
import org.apache.pekko.dispatch.ForkJoinExecutorConfigurator;
import org.apache.pekko.dispatch.Mailbox;
import org.apache.pekko.dispatch.ThreadPoolExecutorConfigurator;

/**
 * The {@code executor} of a carried dispatcher: the pool that is configured beside it, but that
 * tasks which a {@link CarryingThread} gives to it while it carries something stay with that
 * thread.
 *
 * <pre>
 *   carried.pool = "fork-join-executor", or "thread-pool-executor"
 *   carried.actors-only = off    # on: other tasks, such as reads of the disk, go to the pool
 * </pre>
 */
public final class CarriedExecutor extends ExecutorServiceConfigurator {
  private final ExecutorServiceConfigurator pool;
  private final boolean actorsOnly;

  /** Called by Pekko. */
  public CarriedExecutor(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
    String kind = config.getString("carried.pool");
    Config settings = config.getConfig(kind);
    pool =
        switch (kind) {
          case "fork-join-executor" -> new ForkJoinExecutorConfigurator(settings, prerequisites);
          case "thread-pool-executor" ->
              new ThreadPoolExecutorConfigurator(settings, prerequisites);
          default -> throw new IllegalArgumentException("carried.pool is no pool: " + kind);
        };
    actorsOnly = config.getBoolean("carried.actors-only");
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
    ExecutorServiceFactory factory = pool.createExecutorServiceFactory(id, threads);
    return () -> new Carried(factory.createExecutorService(), actorsOnly);
  }

  private static final class Carried extends AbstractExecutorService {
    private final ExecutorService pool;
    private final boolean actorsOnly;

    Carried(ExecutorService pool, boolean actorsOnly) {
      this.pool = pool;
      this.actorsOnly = actorsOnly;
    }

    @Override
    public void execute(Runnable task) {
      boolean may = !actorsOnly || task instanceof Mailbox;
      if (!may || !CarryingThread.take(task, pool)) {
        pool.execute(task);
      }
    }

    @Override
    public void shutdown() {
      pool.shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
      return pool.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
      return pool.isShutdown();
    }

    @Override
    public boolean isTerminated() {
      return pool.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
      return pool.awaitTermination(timeout, unit);
    }
  }
}
