package io.troupe.gateway.ports;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Name;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.volume.MetadataDurability;
import io.troupe.actors.volume.OperationId;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.gateway.io.Patience;
import io.troupe.gateway.io.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;

final class MrcTest {
  private static final PartitionId PARTITION = new PartitionId(new VolumeId(new UUID(0, 1)), 0);
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** Time passes only where somebody waits. */
  private static final class Waiting implements Timer {
    long nanos;

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void after(Duration delay, Runnable action) {
      nanos += delay.toNanos();
      action.run();
    }
  }

  /** Answers what it is told to, from the last on always the same. */
  private static final class Volumes extends NoCluster {
    final List<VolumeCommand> asked = new ArrayList<>();
    final List<CompletableFuture<Result<Done>>> answers = new ArrayList<>();

    @Override
    @SuppressWarnings("unchecked") // of an Unlink
    public <T> CompletionStage<Result<T>> askVolume(
        PartitionId partition, Function<ActorRef<Result<T>>, VolumeCommand> command) {
      asked.add(command.apply(TestInbox.<Result<T>>create().getRef()));
      var answer = answers.size() > 1 ? answers.removeFirst() : answers.getFirst();
      return answer.thenApply(a -> (Result<T>) a);
    }
  }

  private final Volumes volumes = new Volumes();
  private final Waiting time = new Waiting();
  private final Mrc mrc = new Mrc(volumes, new Patience(time, LIMIT), MetadataDurability.ALWAYS);

  private void answers(Result<Done> answer) {
    volumes.answers.add(CompletableFuture.completedFuture(answer));
  }

  private CompletableFuture<Result<Done>> unlink() {
    CompletionStage<Result<Done>> s =
        mrc.once(PARTITION, r -> new VolumeCommand.Unlink(1, Name.of("a"), r));
    return s.toCompletableFuture();
  }

  private List<OperationId> ids() {
    return volumes.asked.stream().map(c -> ((VolumeCommand.Once) c).id()).toList();
  }

  @Test
  void asksForTheSameChangeUntilItIsAnswered() {
    answers(Result.failed(Errno.EAGAIN, "away"));
    answers(Result.failed(Errno.EAGAIN, "away"));
    answers(Result.ok(Done.DONE));

    assertThat(unlink().join()).isEqualTo(Result.ok(Done.DONE));

    assertThat(ids()).hasSize(3);
    assertThat(ids()).containsOnly(ids().getFirst());
  }

  @Test
  void givesAnswersAsTheyAre() {
    Result<Done> failure = Result.failed(Errno.ENOENT, "no such file");
    answers(failure);

    assertThat(unlink().join()).isEqualTo(failure);

    assertThat(volumes.asked).hasSize(1);
  }

  @Test
  void endsWithAnErrorWhenItTakesTooLong() {
    answers(Result.failed(Errno.EAGAIN, "the MRC is away"));

    assertThat(unlink().join()).isEqualTo(Result.failed(Errno.EIO, "the MRC is away"));

    assertThat(time.nanos).isBetween(LIMIT.toNanos() / 2, LIMIT.toNanos());
  }

  @Test
  void changesUnderWayHaveDifferentPlacesAndLaterOnesTheirPlacesAgain() {
    CompletableFuture<Result<Done>> first = new CompletableFuture<>();
    CompletableFuture<Result<Done>> second = new CompletableFuture<>();
    volumes.answers.add(first);
    volumes.answers.add(second);
    answers(Result.ok(Done.DONE));
    var one = unlink();
    var two = unlink();
    assertThat(ids().stream().map(OperationId::place)).containsExactly(0, 1);

    first.complete(Result.ok(Done.DONE));
    unlink().join();

    OperationId before = ids().getFirst();
    assertThat(ids().getLast())
        .isEqualTo(new OperationId(before.client(), before.place(), before.number() + 1));
    second.complete(Result.ok(Done.DONE));
    assertThat(one).isCompleted();
    assertThat(two).isCompleted();
  }

  @Test
  void eachClientHasNamesOfItsOwn() {
    answers(Result.ok(Done.DONE));
    unlink().join();

    new Mrc(volumes, new Patience(time, LIMIT), MetadataDurability.ALWAYS)
        .<Done>once(PARTITION, r -> new VolumeCommand.Unlink(1, Name.of("a"), r))
        .toCompletableFuture()
        .join();

    assertThat(ids().getFirst().client()).isNotEqualTo(ids().getLast().client());
  }
}
