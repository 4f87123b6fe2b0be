package io.troupe.lsm.group;

import static io.troupe.lsm.group.OneMember.A;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.replicated.LogEntry;
import io.troupe.lsm.replicated.LogMessage;
import io.troupe.lsm.replicated.Position;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What frees room gets through a group whose disks are nearly full. */
class NearlyFullDiskTest {

  private OneMember member;

  @BeforeEach
  void start() throws IOException {
    member = new OneMember();
  }

  private void serve() {
    member.member().leaseGained();
    member.settle();
    member.receive(A, new LogMessage.Promised(1, Position.START));
    member.settle();
    member.receive(A, new LogMessage.Appended(1, 1, 0));
    member.settle();
    assertThat(member.member().isServing()).isTrue();
  }

  private WriteBatch put() {
    return new WriteBatch().put(member.store().index("b"), new byte[] {5, 1}, new byte[9]);
  }

  private WriteBatch delete() {
    return new WriteBatch().delete(member.store().index("b"), new byte[] {5, 1});
  }

  private CompletableFuture<Long> propose(WriteBatch batch) {
    return member.member().propose(batch).toCompletableFuture();
  }

  private static LogEntry entry(long index, WriteBatch batch) {
    return new LogEntry(1, index, new LogEntry.Batch(PortableBatch.encode(batch, SimState.RANGES)));
  }

  private void append(LogEntry... entries) {
    member.receive(A, new LogMessage.Append(1, Position.START, List.of(entries), entries.length));
    member.settle();
  }

  @Test
  void whatGrowsIsRefusedAndWhatFreesRoomIsNot() {
    serve();
    member.store().full(true);

    CompletableFuture<Long> grows = propose(put());
    CompletableFuture<Long> deletes = propose(delete());
    CompletableFuture<Long> reclaims = propose(put().reclaiming());
    member.settle();
    member.receive(A, new LogMessage.Appended(1, 3, 1));
    member.settle();

    assertThat(grows)
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(ExecutionException.class)
        .extracting(Throwable::getCause, InstanceOfAssertFactories.type(ProposalException.class))
        .extracting(ProposalException::kind)
        .isEqualTo(ProposalException.Kind.NO_SPACE);
    assertThat(deletes).isCompletedWithValue(2L);
    assertThat(reclaims).isCompletedWithValue(3L);
  }

  @Test
  void whatWasTakenBeforeTheDiskWasFullHoldsNothingUp() {
    serve();

    CompletableFuture<Long> before = propose(put());
    member.store().full(true);
    CompletableFuture<Long> deletes = propose(delete());
    member.settle();
    member.receive(A, new LogMessage.Appended(1, 3, 1));
    member.settle();

    assertThat(before).isCompletedWithValue(2L);
    assertThat(deletes).isCompletedWithValue(3L);
  }

  @Test
  void aFollowerTakesWhatGrowsOnlyWithWhatFreesRoom() {
    member.store().full(true);

    append(entry(1, put()));
    assertThat(member.loaded().outline().lastIndex()).isZero();

    append(entry(1, put()), entry(2, delete()));
    assertThat(member.loaded().outline().lastIndex()).isEqualTo(2);
    assertThat(member.member().applied()).isEqualTo(2);
  }

  @Test
  void aMasterBeginsOnDisksThatAreNearlyFull() {
    member.store().full(true);

    serve();

    assertThat(member.member().applied()).isEqualTo(1);
  }
}
