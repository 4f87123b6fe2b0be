package io.troupe.node.cli;

import com.typesafe.config.Config;
import io.troupe.gateway.client.TroupeClient;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A cluster that a verb asks something from outside. */
record Outside(TroupeClient client) implements AutoCloseable {
  private static final long LIMIT_SECONDS = 60;

  static Outside connect(ClusterOptions cluster, Config config) {
    return new Outside(TroupeClient.connect(cluster.node, config));
  }

  /** Waits for an answer; throws what it failed with. */
  <T> T await(CompletionStage<T> stage) throws InterruptedException {
    try {
      return stage.toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw new CommandFailure("no answer within " + LIMIT_SECONDS + " s", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
