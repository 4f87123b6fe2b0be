package io.troupe.sharding;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.directory.ViewVersion;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RegistryTest {
  private final ActorTestKit kit = ActorTestKit.create();
  private final Registry registry = Registry.get(kit.system());

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private static DirectoryView view(long incarnation, long number) {
    return new DirectoryView(new ViewVersion(incarnation, number), List.of(), List.of());
  }

  @Test
  void neverGoesBack() {
    registry.publish(view(2, 5));
    registry.publish(view(2, 4));
    registry.publish(view(1, 9));
    assertThat(registry.view()).isEqualTo(view(2, 5));

    registry.publish(view(3, 1));
    assertThat(registry.view()).isEqualTo(view(3, 1));
  }

  @Test
  void aRefreshTellsTheNewestEvenIfItsOwnAnswerWasOvertaken() {
    registry.begin(
        new io.troupe.actors.id.NodeId(new java.util.UUID(0, 1)),
        () -> {
          registry.publish(view(1, 2));
          return CompletableFuture.completedFuture(view(1, 1));
        });

    assertThat(registry.refresh().toCompletableFuture().join()).isEqualTo(view(1, 2));
  }
}
