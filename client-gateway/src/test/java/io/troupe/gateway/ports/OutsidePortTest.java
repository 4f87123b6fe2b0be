package io.troupe.gateway.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.VolumeUsage;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.gateway.relay.RelayCommand;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OutsidePortTest {
  private static final Duration TIMEOUT = Duration.ofMillis(200);
  private static final PartitionId PARTITION = new PartitionId(new VolumeId(new UUID(0, 1)), 0);

  private final ActorTestKit kit = ActorTestKit.create();

  /** What a look-up finds now. */
  private Optional<ActorRef<RelayCommand>> present = Optional.empty();

  private final AtomicInteger lookUps = new AtomicInteger();
  private final OutsidePort port =
      new OutsidePort(
          kit.system(), new GatewayLink("somewhere:1", this::lookUp), TIMEOUT, TIMEOUT, TIMEOUT);

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private CompletionStage<ActorRef<RelayCommand>> lookUp() {
    lookUps.incrementAndGet();
    return present
        .map(CompletableFuture::completedFuture)
        .orElseGet(() -> CompletableFuture.failedFuture(new TimeoutException("nobody")));
  }

  private static Behavior<RelayCommand> answering() {
    return Behaviors.receiveMessage(
        command -> {
          switch (command) {
            case RelayCommand.ToDirectory(DirectoryCommand.GetView g) ->
                g.replyTo().tell(DirectoryView.EMPTY);
            case RelayCommand.ToVolume(var p, VolumeCommand.GetUsage g) ->
                g.replyTo().tell(Result.ok(new VolumeUsage(7, 0)));
            default -> throw new AssertionError(command);
          }
          return Behaviors.same();
        });
  }

  private CompletableFuture<Result<VolumeUsage>> usage() {
    CompletionStage<Result<VolumeUsage>> s = port.askVolume(PARTITION, VolumeCommand.GetUsage::new);
    return s.toCompletableFuture();
  }

  private static <T> T of(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(5, TimeUnit.SECONDS);
  }

  private void assertFails(Result<VolumeUsage> r, String why) {
    assertThat(r)
        .isInstanceOfSatisfying(
            Result.Failed.class,
            f -> {
              assertThat(f.errno()).isEqualTo(Errno.EAGAIN);
              assertThat(f.detail()).contains(why);
            });
  }

  @Test
  void asksThroughTheGateway() throws Exception {
    present = Optional.of(kit.spawn(answering()));

    of(port.refresh());

    assertThat(of(usage())).isEqualTo(Result.ok(new VolumeUsage(7, 0)));
  }

  @Test
  void failsAtOnceWhileTheGatewayIsAwayAndWorksWhenItIsBack() throws Exception {
    ActorRef<RelayCommand> first = kit.spawn(answering());
    present = Optional.of(first);
    of(port.refresh());
    kit.stop(first);
    present = Optional.empty();

    assertFails(of(usage()), "did not answer");
    CompletableFuture<Result<VolumeUsage>> next = usage();
    assertThat(next).isDone();
    assertFails(next.join(), "somewhere:1");
    assertThatThrownBy(() -> of(port.refresh())).isInstanceOf(ExecutionException.class);

    present = Optional.of(kit.spawn(answering()));
    of(port.refresh());

    assertThat(of(usage())).isEqualTo(Result.ok(new VolumeUsage(7, 0)));
  }

  @Test
  void aSlowVolumeDoesNotMakeTheGatewayCountAsAway() throws Exception {
    present = Optional.of(kit.spawn(Behaviors.<RelayCommand>ignore()));
    GatewayLink link = new GatewayLink("somewhere:1", this::lookUp);
    of(link.suspect());
    OutsidePort slow = new OutsidePort(kit.system(), link, TIMEOUT, TIMEOUT, TIMEOUT);
    CompletionStage<Result<VolumeUsage>> s = slow.askVolume(PARTITION, VolumeCommand.GetUsage::new);

    assertFails(of(s), "did not answer");

    assertThat(link.now()).isEqualTo(present);
    assertThat(lookUps.get()).isEqualTo(2);
  }
}
