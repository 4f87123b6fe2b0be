package io.troupe.sharding;

import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.directory.ServiceStatus;
import io.troupe.actors.id.NodeId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;
import org.jspecify.annotations.Nullable;

/** The newest view of the DIR that this process has seen. Thread-safe; reading it costs nothing. */
public final class Registry implements Extension {
  private static final Id ID = new Id();

  private volatile DirectoryView view = DirectoryView.EMPTY;
  private volatile @Nullable NodeId self;
  private volatile CompletableFuture<DirectoryView> next = new CompletableFuture<>();
  private volatile Runnable asker = () -> {};

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

  /** Asks the DIR now; completes with the next view that arrives, whenever that is. */
  public CompletionStage<DirectoryView> refresh() {
    CompletableFuture<DirectoryView> wanted = next;
    asker.run();
    return wanted;
  }

  /** A newer view is known. */
  public void publish(DirectoryView newer) {
    CompletableFuture<DirectoryView> waited;
    synchronized (this) {
      view = newer;
      waited = next;
      next = new CompletableFuture<>();
    }
    waited.complete(newer);
  }

  void begin(NodeId node, Runnable ask) {
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
