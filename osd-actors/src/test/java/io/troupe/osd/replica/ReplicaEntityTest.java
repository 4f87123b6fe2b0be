package io.troupe.osd.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.replica.Synced;
import io.troupe.actors.stream.ObjectRequest;
import io.troupe.lsm.StoreException;
import io.troupe.osd.OsdSettings;
import io.troupe.osd.store.SimStore;
import io.troupe.osd.store.StoreFailure;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ReplicaEntityTest {
  private static final int OBJECT = 8192;
  private static final FileId FILE = new FileId(new VolumeId(new UUID(7, 8)), 42);
  private static final ReplicaLocation LOCATION =
      new ReplicaLocation(new StripingPolicy(OBJECT, 1), List.of(SimStore.OSD));
  private static final OsdSettings SETTINGS =
      new OsdSettings(1 << 20, 0, 1 << 20, Duration.ofHours(1), 8, 4, 10);
  private static final Duration A_MOMENT = Duration.ofMillis(60);

  private static final ActorTestKit KIT = ActorTestKit.create();

  private final SimStore store = new SimStore();
  private final TestProbe<Result<Done>> done = KIT.createTestProbe();
  private ActorRef<ReplicaCommand> replica = start(Runnable::run);

  ReplicaEntityTest() throws IOException {}

  @AfterAll
  static void stopKit() {
    KIT.shutdownTestKit();
  }

  @AfterEach
  void stop() {
    KIT.stop(replica);
  }

  private ActorRef<ReplicaCommand> start(Executor disk) {
    return KIT.spawn(ReplicaEntity.create(() -> store.open(FILE), SETTINGS, disk));
  }

  /** An answer: bytes, or an errno. */
  private static final class Answered implements ObjectTask.Answer {
    final CompletableFuture<byte[]> bytes = new CompletableFuture<>();
    final CompletableFuture<Long> incarnation = new CompletableFuture<>();
    final CompletableFuture<Errno> errno = new CompletableFuture<>();

    @Override
    public void ok(MemorySegment answer, long by) {
      incarnation.complete(by);
      bytes.complete(answer.toArray(ValueLayout.JAVA_BYTE));
    }

    @Override
    public void failed(Errno e, String detail) {
      errno.complete(e);
    }

    byte[] ok() throws Exception {
      return bytes.get(5, TimeUnit.SECONDS);
    }

    Errno failed() throws Exception {
      return errno.get(5, TimeUnit.SECONDS);
    }
  }

  private Answered send(
      ObjectRequest.Kind kind, int object, int at, int length, int epoch, MemorySegment payload) {
    Answered a = new Answered();
    replica.tell(
        new ObjectTask(new ObjectRequest(kind, FILE, object, at, length, epoch, 1), payload, a));
    return a;
  }

  private Answered read(int object, int at, int length) {
    return send(ObjectRequest.Kind.READ, object, at, length, 0, MemorySegment.NULL);
  }

  private Answered write(int epoch, int object, int at, int... values) {
    byte[] data = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      data[i] = (byte) values[i];
    }
    return send(
        ObjectRequest.Kind.WRITE, object, at, data.length, epoch, MemorySegment.ofArray(data));
  }

  private TestProbe<Result<Synced>> sync() {
    TestProbe<Result<Synced>> probe = KIT.createTestProbe();
    replica.tell(new ReplicaCommand.Sync(probe.getRef()));
    return probe;
  }

  private TestProbe<Result<Done>> truncate(int epoch, long size) {
    TestProbe<Result<Done>> probe = KIT.createTestProbe();
    replica.tell(new ReplicaCommand.Truncate(epoch, size, LOCATION, probe.getRef()));
    return probe;
  }

  private static <T> void assertOk(TestProbe<Result<T>> probe) {
    assertThat(probe.receiveMessage()).isInstanceOf(Result.Ok.class);
  }

  private static <T> void assertFailed(TestProbe<Result<T>> probe, Errno errno) {
    assertThat(probe.receiveMessage())
        .isInstanceOfSatisfying(Result.Failed.class, f -> assertThat(f.errno()).isEqualTo(errno));
  }

  /** Everything but what was synced is gone, and the entity is started anew. */
  private void crash() throws IOException {
    KIT.stop(replica);
    store.losePower();
    replica = start(Runnable::run);
  }

  @Test
  void aWriteWaitsForTheReadsBeforeItAndHoldsUpWhatComesBehind() throws Exception {
    write(0, 0, 0, 1, 1).ok();
    LinkedBlockingQueue<Runnable> disk = new LinkedBlockingQueue<>();
    assertOk(sync());
    KIT.stop(replica);
    replica = start(disk::add);

    Answered first = read(0, 0, 2);
    Answered beside = read(0, 0, 2);
    Answered write = write(0, 0, 0, 2, 2);
    Answered behind = read(0, 0, 2);

    Runnable one = disk.poll(5, TimeUnit.SECONDS);
    Runnable two = disk.poll(5, TimeUnit.SECONDS);
    assertThat(one).isNotNull();
    assertThat(two).isNotNull();
    assertThat(write.bytes).isNotDone();
    one.run();
    assertThat(disk.poll(A_MOMENT.toMillis(), TimeUnit.MILLISECONDS)).isNull();
    assertThat(write.bytes).isNotDone();
    two.run();
    write.ok();
    Runnable three = disk.poll(5, TimeUnit.SECONDS);
    assertThat(three).isNotNull();
    three.run();
    assertThat(first.ok()).containsExactly(1, 1);
    assertThat(beside.ok()).containsExactly(1, 1);
    assertThat(behind.ok()).containsExactly(2, 2);
  }

  @Test
  void tooManyWhoWaitAreRefused() throws Exception {
    LinkedBlockingQueue<Runnable> disk = new LinkedBlockingQueue<>();
    KIT.stop(replica);
    replica = start(disk::add);
    Answered held = read(0, 0, 1);
    for (int i = 0; i < SETTINGS.maxWaiting(); i++) {
      write(0, 0, 0, i);
    }

    assertThat(write(0, 0, 0, 99).failed()).isEqualTo(Errno.EBUSY);
    Runnable read = disk.poll(5, TimeUnit.SECONDS);
    assertThat(read).isNotNull();
    read.run();
    held.ok();
    write(0, 0, 0, 100).ok();
  }

  @Test
  void readsAndWritesGoOnDuringASyncAndTheNextSyncIsAnotherCommit() throws Exception {
    write(0, 0, 0, 1).ok();
    store.hold(true);
    TestProbe<Result<Synced>> first = sync();
    write(0, 0, 1, 2).ok();
    assertThat(read(0, 0, 2).ok()).containsExactly(1, 2);
    TestProbe<Result<Synced>> second = sync();
    first.expectNoMessage(A_MOMENT);
    assertThat(store.heldCommits()).isEqualTo(1);

    store.hold(false);

    assertOk(first);
    assertOk(second);
    crash();
    assertThat(read(0, 0, 2).ok()).containsExactly(1, 2);
  }

  @Test
  void aTruncateWaitsForTheSyncUnderWayAndWritesForTheTruncate() throws Exception {
    write(0, 0, 0, 1, 1).ok();
    write(0, 5, 0, 5).ok();
    store.hold(true);
    TestProbe<Result<Synced>> sync = sync();
    TestProbe<Result<Done>> truncate = truncate(1, 1);
    Answered late = write(0, 0, 1, 9);
    Answered next = write(1, 0, 2, 3);
    truncate.expectNoMessage(A_MOMENT);
    assertThat(store.heldCommits()).isEqualTo(1);
    assertThat(late.errno).isNotDone();

    store.hold(false);

    assertOk(sync);
    assertOk(truncate);
    assertThat(late.failed()).isEqualTo(Errno.EAGAIN);
    next.ok();
    assertOk(sync());
    crash();
    assertThat(read(0, 0, 3).ok()).containsExactly(1, 0, 3);
    assertThat(read(5, 0, 1).ok()).containsExactly(0);
    assertThat(store.leaksNothing()).isTrue();
  }

  @Test
  void aDeleteWaitsForTheSyncUnderWayAndLeavesNothing() throws Exception {
    write(0, 0, 0, 1).ok();
    store.hold(true);
    TestProbe<Result<Synced>> sync = sync();
    write(0, 3, 0, 1).ok();
    replica.tell(new ReplicaCommand.Delete(done.getRef()));
    done.expectNoMessage(A_MOMENT);

    store.hold(false);

    assertOk(sync);
    assertOk(done);
    assertThat(write(0, 0, 0, 1).failed()).isEqualTo(Errno.ESTALE);
    crash();
    assertThat(read(0, 0, 1).ok()).containsExactly(0);
    assertThat(store.leaksNothing()).isTrue();
  }

  @Test
  void aSyncAndARepeatedTruncateWaitForTheTruncateUnderWay() throws Exception {
    write(0, 0, 0, 1, 1).ok();
    store.hold(true);
    TestProbe<Result<Done>> truncate = truncate(1, 1);
    TestProbe<Result<Done>> again = truncate(1, 1);
    TestProbe<Result<Synced>> sync = sync();
    Answered read = read(0, 0, 2);
    again.expectNoMessage(A_MOMENT);
    sync.expectNoMessage(Duration.ZERO);
    assertThat(read.bytes).isNotDone();

    store.hold(false);

    assertOk(truncate);
    assertOk(again);
    assertOk(sync);
    assertThat(read.ok()).containsExactly(1, 0);
  }

  @Test
  void noRoomForTheIndexIsToldAndTriedAgain() throws Exception {
    write(0, 0, 0, 1, 1).ok();
    store.refuse(Optional.of(StoreException.Kind.NO_SPACE));
    assertFailed(sync(), Errno.ENOSPC);
    assertFailed(truncate(1, 1), Errno.ENOSPC);
    assertThat(read(0, 0, 2).ok()).containsExactly(1, 1);
    write(0, 0, 1, 2).ok();

    store.refuse(Optional.empty());
    assertOk(sync());

    crash();
    assertThat(read(0, 0, 2).ok()).containsExactly(1, 2);
  }

  @Test
  void changedObjectsHaveABoundWhereTheIndexHasNoRoom() throws Exception {
    store.refuse(Optional.of(StoreException.Kind.NO_SPACE));
    for (int o = 0; o < SETTINGS.maxDirtyObjects(); o++) {
      write(0, o, 0, 1).ok();
    }

    assertFailed(sync(), Errno.ENOSPC);
    assertThat(write(0, 99, 0, 1).failed()).isEqualTo(Errno.ENOSPC);
  }

  @Test
  void aStopWaitsForTheCommitUnderWayAndSyncsTheRest() throws Exception {
    write(0, 0, 0, 1).ok();
    store.hold(true);
    TestProbe<Result<Synced>> sync = sync();
    write(0, 0, 1, 2).ok();
    replica.tell(new ReplicaEntity.Stop());
    done.expectNoMessage(A_MOMENT);

    store.hold(false);

    assertOk(sync);
    done.expectTerminated(replica, Duration.ofSeconds(5));
    crash();
    assertThat(read(0, 0, 2).ok()).containsExactly(1, 2);
  }

  @Test
  void aStopGivesUpWhereTheIndexIsFullForGood() throws Exception {
    long incarnation = incarnation();
    write(0, 0, 0, 1).ok();
    assertOk(sync());
    write(0, 0, 1, 2).ok();
    store.refuse(Optional.of(StoreException.Kind.NO_SPACE));

    replica.tell(new ReplicaEntity.Stop());

    done.expectTerminated(replica, Duration.ofSeconds(10));
    assertThat(incarnation()).isNotEqualTo(incarnation);
    store.refuse(Optional.empty());
    replica = start(Runnable::run);
    assertThat(read(0, 0, 2).ok()).containsExactly(1, 0);
  }

  @Test
  void writesAndSyncsTellTheIncarnationWhichANormalStopKeepsAndACrashDoesNot() throws Exception {
    Answered write = write(0, 0, 0, 1);
    long incarnation = write.incarnation.get(5, TimeUnit.SECONDS);
    assertThat(sync().receiveMessage()).isEqualTo(Result.ok(new Synced(incarnation)));
    write(0, 0, 0, 2).ok();
    replica.tell(new ReplicaEntity.Stop());
    done.expectTerminated(replica, Duration.ofSeconds(5));
    replica = start(Runnable::run);
    assertThat(sync().receiveMessage()).isEqualTo(Result.ok(new Synced(incarnation)));
    assertThat(read(0, 0, 1).ok()).containsExactly(2);

    write(0, 0, 0, 3).ok();
    KIT.stop(replica); // without a Stop, as if it had failed
    replica = start(Runnable::run);

    assertThat(sync().receiveMessage()).isNotEqualTo(Result.ok(new Synced(incarnation)));
    assertThat(read(0, 0, 1).ok()).containsExactly(2);
  }

  @Test
  void aCommitThatFailsBreaksTheEntity() throws Exception {
    long incarnation = incarnation();
    write(0, 0, 0, 1).ok();
    store.hold(true);
    TestProbe<Result<Done>> truncate = truncate(1, 0);
    Answered waits = write(1, 0, 0, 1);
    truncate.expectNoMessage(A_MOMENT);
    store.failHeld(StoreException.Kind.FAILED);

    assertFailed(truncate, Errno.EIO);
    assertThat(waits.failed()).isEqualTo(Errno.EIO);
    assertFailed(sync(), Errno.EIO);
    assertFailed(truncate(1, 0), Errno.EIO);
    assertThat(incarnation()).isNotEqualTo(incarnation);
    replica.tell(new ReplicaEntity.Stop());
    done.expectTerminated(replica, Duration.ofSeconds(5));
  }

  private long incarnation() throws StoreFailure {
    return store.open(FILE).incarnation();
  }
}
