package io.troupe.gateway.ports;

import io.troupe.gateway.relay.RelayCommand;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway actor of the node that a client was told to use: found, or away. A gateway that was
 * started anew is another actor, so that what is known of it is looked up again whenever an answer
 * did not come. Thread-safe.
 */
public final class GatewayLink {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayLink.class);

  private final String address;
  private final Supplier<? extends CompletionStage<ActorRef<RelayCommand>>> lookUp;
  private Optional<ActorRef<RelayCommand>> gateway = Optional.empty();

  /** The look-up that is under way; everybody who doubts waits for the same. */
  private @Nullable CompletableFuture<Boolean> looking;

  private boolean wasFound;

  /**
   * Away until the first look-up.
   *
   * @param address for messages to people
   * @param lookUp fails within a time that its owner bounds
   */
  public GatewayLink(
      String address, Supplier<? extends CompletionStage<ActorRef<RelayCommand>>> lookUp) {
    this.address = address;
    this.lookUp = lookUp;
  }

  /** Where to send to; empty while nobody is there. */
  synchronized Optional<ActorRef<RelayCommand>> now() {
    return gateway;
  }

  String whyAway() {
    return "the gateway at " + address + " does not answer; waiting for it to come back";
  }

  /** Finds out whether it is there. What is sent meanwhile goes where it was last. */
  CompletionStage<Boolean> suspect() {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    synchronized (this) {
      if (looking != null) {
        return looking;
      }
      looking = mine;
    }
    lookUp
        .get()
        .whenComplete(
            (found, failure) -> {
              outcome(failure == null ? Optional.of(found) : Optional.empty());
              mine.complete(failure == null);
            });
    return mine;
  }

  private synchronized void outcome(Optional<ActorRef<RelayCommand>> found) {
    looking = null;
    if (found.isPresent() && gateway.isEmpty() && wasFound) {
      LOG.info("gateway={} event=back", address);
    } else if (found.isEmpty() && gateway.isPresent()) {
      LOG.warn("gateway={} event=away", address);
    }
    wasFound |= found.isPresent();
    gateway = found;
  }
}
