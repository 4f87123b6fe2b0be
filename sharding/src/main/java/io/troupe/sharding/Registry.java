package io.troupe.sharding;

import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.directory.ServiceStatus;
import io.troupe.actors.id.NodeId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;
import org.jspecify.annotations.Nullable;

/** The newest view of the DIR that this process has seen. Thread-safe; reading it costs nothing. */
public final class Registry implements Extension {
  private static final Id ID = new Id();

  private volatile DirectoryView view = DirectoryView.EMPTY;
  private volatile @Nullable NodeId self;
  private volatile Supplier<CompletionStage<DirectoryView>> asker =
      () -> CompletableFuture.failedFuture(new IllegalStateException("no node of a cluster yet"));

  private Registry() {}

  public static Registry get(ActorSystem<?> system) {
    return system.registerExtension(ID);
  }

  public DirectoryView view() {
    return view;
  }

  /** The node that this process is. Throws {@link IllegalStateException} before it has joined. */
  public NodeId self() {
    NodeId node = self;
    if (node == null) {
      throw new IllegalStateException("this process is no node of a cluster");
    }
    return node;
  }

  /** True unless the DIR says that the node is offline or does not know it. */
  public boolean isOnline(NodeId node) {
    Optional<ServiceStatus> s = view.service(node);
    return s.isPresent() && s.get().online();
  }

  /**
   * Asks the DIR now; completes with a view no older than this call, or with an {@link
   * io.troupe.actors.errors.FsException} EIO where the DIR does not answer in time.
   */
  public CompletionStage<DirectoryView> refresh() {
    return asker
        .get()
        .thenApply(
            answer -> {
              publish(answer);
              return view();
            });
  }

  /** A view was heard of; it counts unless a newer one is known. */
  public synchronized void publish(DirectoryView heard) {
    view = heard.newerOf(view);
  }

  void begin(NodeId node, Supplier<CompletionStage<DirectoryView>> ask) {
    self = node;
    asker = ask;
  }

  private static final class Id extends ExtensionId<Registry> {
    @Override
    public Registry createExtension(ActorSystem<?> system) {
      return new Registry();
    }
  }
}
