package io.troupe.lsm.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.Store;
import io.troupe.lsm.StoreOptions;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.replicated.MemberId;
import io.troupe.lsm.replicated.Membership;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group of one over a store with its threads. */
class GroupMemberTest {

  private static final MemberId SELF = new MemberId("a");
  private static final GroupId GROUP = new GroupId(1);
  private static final GroupRanges RANGES =
      new GroupRanges(List.of(new GroupRanges.Owned("files", KeyRange.prefix(new byte[] {7}))));

  @TempDir Path directory;
  private final ExecutorService self = Executors.newSingleThreadExecutor();
  private final ExecutorService reader = Executors.newSingleThreadExecutor();
  private final CompletableFuture<Long> serving = new CompletableFuture<>();
  private final CompletableFuture<Throwable> failed = new CompletableFuture<>();
  private Store store;
  private Index files;
  private GroupMember member;

  private final class News implements Outlet {
    @Override
    public void send(MemberId to, GroupMessage message) {}

    @Override
    public void serving(long epoch) {
      serving.complete(epoch);
    }

    @Override
    public void stoppedServing(long epoch) {}

    @Override
    public void releaseLease(Optional<MemberId> to) {}

    @Override
    public void failed(Throwable why) {
      failed.complete(why);
    }
  }

  @BeforeEach
  void start() throws IOException {
    store = Store.open(directory, StoreOptions.small());
    files = store.index("files");
    GroupStore groups = GroupStore.of(store);
    GroupStart.create(groups, GROUP, Membership.of(SELF));
    member =
        new GroupMember(
            GroupStart.load(groups, GroupSettings.of(GROUP, SELF, RANGES)),
            self,
            reader,
            System::nanoTime,
            System::nanoTime,
            new News());
  }

  @AfterEach
  void stop() throws InterruptedException {
    self.shutdown();
    reader.shutdown();
    assertThat(self.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    store.close();
  }

  private <T> T onMember(Function<GroupMember, T> ask) {
    return CompletableFuture.supplyAsync(() -> ask.apply(member), self).join();
  }

  private CompletableFuture<Long> propose(WriteBatch batch) {
    CompletionStage<Long> done = onMember(m -> m.propose(batch));
    return done.toCompletableFuture();
  }

  private void serve() {
    onMember(
        m -> {
          m.leaseGained();
          return true;
        });
    assertThat(serving.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(1);
  }

  private static ProposalException.Kind kind(CompletableFuture<Long> done) {
    try {
      done.orTimeout(10, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ProposalException why) {
        return why.kind();
      }
    }
    throw new AssertionError("done, or failed with something else: " + done);
  }

  @Test
  void whoProposedReadsItWhenItIsDone() {
    byte[] key = {7, 1};
    assertThat(kind(propose(new WriteBatch().put(files, key, new byte[] {1}))))
        .isEqualTo(ProposalException.Kind.NOT_MASTER);
    serve();

    long index =
        propose(new WriteBatch().put(files, key, new byte[] {2}))
            .orTimeout(10, TimeUnit.SECONDS)
            .join();

    assertThat(index).isEqualTo(2); // behind the barrier
    assertThat(store.get(files, key)).hasValue(new byte[] {2});
    assertThat(onMember(GroupMember::applied)).isEqualTo(2);
  }

  @Test
  void whatCannotBeSentInOneMessageIsRefused() {
    serve();
    byte[] key = {7, 1};

    assertThat(
            kind(
                propose(
                    new WriteBatch().put(files, key, new byte[GroupSettings.MAX_CONTENT_BYTES]))))
        .isEqualTo(ProposalException.Kind.TOO_LARGE);
    assertThat(
            propose(
                    new WriteBatch()
                        .put(files, key, new byte[GroupSettings.MAX_CONTENT_BYTES - 100]))
                .orTimeout(10, TimeUnit.SECONDS)
                .join())
        .isEqualTo(2);
    assertThatThrownBy(() -> propose(new WriteBatch().put(files, new byte[] {8}, key)))
        .hasMessageContaining("does not own");
  }

  @Test
  void tooManyProposalsAtATimeAreRefused() {
    serve();
    byte[] value = new byte[100_000];

    List<CompletionStage<Long>> all =
        onMember(
            m ->
                IntStream.range(0, 100)
                    .mapToObj(
                        i ->
                            m.propose(new WriteBatch().put(files, new byte[] {7, (byte) i}, value)))
                    .toList());

    long done = 0;
    for (CompletionStage<Long> one : all) {
      CompletableFuture<Long> future = one.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS);
      if (future.handle((index, refused) -> refused == null).join()) {
        done++;
      } else {
        assertThat(kind(future)).isEqualTo(ProposalException.Kind.OVERLOADED);
      }
    }
    assertThat(done).isBetween(50L, 84L); // 8 MiB
  }

  @Test
  void aStoreThatIsGoneEndsTheMember() {
    serve();
    store.close();

    assertThat(kind(propose(new WriteBatch().delete(files, new byte[] {7}))))
        .isEqualTo(ProposalException.Kind.UNKNOWN);
    assertThat(failed.orTimeout(10, TimeUnit.SECONDS).join()).hasMessageContaining("closed");
    assertThat(kind(propose(new WriteBatch().delete(files, new byte[] {7}))))
        .isEqualTo(ProposalException.Kind.ENDED);
  }
}
