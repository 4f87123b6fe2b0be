package io.troupe.gateway.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.stream.ObjectRequest;
import io.troupe.actors.stream.Transfer;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class BoundedIoTest {
  private static final OsdId OSD = new OsdId(new UUID(1, 1));
  private static final Result<Transfer> DONE = Result.ok(new Transfer(1, 1));

  private final Queue<CompletableFuture<Result<Transfer>>> underWay = new ArrayDeque<>();
  private final List<Runnable> timers = new ArrayList<>();
  private boolean atOnce;
  private final BoundedIo io =
      new BoundedIo(
          (osd, request, memory) -> {
            CompletableFuture<Result<Transfer>> answer = new CompletableFuture<>();
            if (atOnce) {
              answer.complete(DONE);
            } else {
              underWay.add(answer);
            }
            return answer;
          },
          new Patience(
              new Timer() {
                @Override
                public long nanos() {
                  return 0;
                }

                @Override
                public void after(Duration delay, Runnable action) {
                  timers.add(action);
                }
              },
              Duration.ofSeconds(5)));

  private CompletableFuture<Result<Transfer>> read(long inode) {
    FileId file = new FileId(new VolumeId(new UUID(0, 1)), inode);
    return io.transfer(
            OSD,
            new ObjectRequest(ObjectRequest.Kind.READ, file, 0, 0, 1, 0, 1),
            MemorySegment.ofArray(new byte[1]))
        .toCompletableFuture();
  }

  private List<CompletableFuture<Result<Transfer>>> reads(int n) {
    List<CompletableFuture<Result<Transfer>>> all = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      all.add(read(1));
    }
    return all;
  }

  @Test
  void keepsOneFilesRequestsWithinTheBound() {
    var all = reads(BoundedIo.MAX_UNDER_WAY + 10);
    assertThat(underWay).hasSize(BoundedIo.MAX_UNDER_WAY);
    var other = read(2);
    assertThat(underWay).hasSize(BoundedIo.MAX_UNDER_WAY + 1);

    while (!underWay.isEmpty()) {
      underWay.remove().complete(DONE);
    }

    assertThat(all).allSatisfy(r -> assertThat(r).isCompletedWithValue(DONE));
    assertThat(other).isCompletedWithValue(DONE);
    assertThat(io.active()).isZero();
  }

  @Test
  void aLongQueueOfAnswersAtOnceNestsNothing() {
    var all = reads(BoundedIo.MAX_UNDER_WAY + BoundedIo.MAX_WAITING);
    assertThat(read(1).join())
        .isInstanceOfSatisfying(
            Result.Failed.class, f -> assertThat(f.errno()).isEqualTo(Errno.EIO));

    atOnce = true;
    underWay.remove().complete(DONE);

    assertThat(all.getLast()).isCompletedWithValue(DONE);
  }

  @Test
  void whatWaitsTooLongFailsAndIsNeverSent() {
    var all = reads(BoundedIo.MAX_UNDER_WAY + 1);

    timers.forEach(Runnable::run);
    assertThat(all.getLast().join()).isInstanceOf(Result.Failed.class);
    while (!underWay.isEmpty()) {
      underWay.remove().complete(DONE);
    }

    assertThat(all.subList(0, BoundedIo.MAX_UNDER_WAY))
        .allSatisfy(r -> assertThat(r).isCompletedWithValue(DONE));
    assertThat(io.active()).isZero();
  }

  @Test
  void aBusyOsdIsAskedAgain() {
    CompletableFuture<Result<Transfer>> answer = read(1);

    underWay.remove().complete(Result.failed(Errno.EBUSY));
    assertThat(answer).isNotDone();
    timers.getFirst().run();
    underWay.remove().complete(DONE);

    assertThat(answer).isCompletedWithValue(DONE);
  }
}
