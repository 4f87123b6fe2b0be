package io.troupe.gateway.fs;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.replica.Synced;
import io.troupe.actors.stream.ObjectRequest;
import io.troupe.actors.stream.Transfer;
import io.troupe.actors.volume.CreatedFile;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.Incarnation;
import io.troupe.actors.volume.OperationId;
import io.troupe.actors.volume.PendingCut;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.gateway.io.ObjectIo;
import io.troupe.gateway.ports.NoCluster;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * A cluster with one file, in memory: the file's metadata at the MRC and its objects on OSDs that
 * tell what is durable from what is not. Each message takes its time; some get lost before or after
 * they were carried out.
 */
final class SimCluster extends NoCluster implements ObjectIo {
  static final long INODE = 9;
  static final StripingPolicy STRIPING = new StripingPolicy(4096, 3);

  private static final FileTime BORN = new FileTime(10, 0);

  /** What the Volume was asked, in order. */
  final List<VolumeCommand> asked = new ArrayList<>();

  private final Map<OperationId, CompletionStage<? extends Result<?>>> answered = new HashMap<>();

  private static final ActorRef<?> NOBODY = TestInbox.create().getRef();

  final SimTimer sim;
  final List<Osd> osds = new ArrayList<>();
  XLocSet xlocs;

  /** Of a message in a hundred. */
  int lossPercent;

  int busyPercent;

  /** The view of the last object request. */
  int viewVersion;

  long size;
  int epoch;
  boolean unlinked;
  boolean deleted;
  int opens;
  private long incarnation = 1;
  private long round;
  private FileTime mtime = BORN;
  private Optional<PendingCut> pending = Optional.empty();

  /** Cuts wait in the list until somebody runs them. */
  boolean cutsHeld;

  final List<Runnable> held = new ArrayList<>();

  /** The File entity does one truncate at a time. */
  private CompletionStage<Result<FileDescription>> truncating;

  /** One file's objects on one OSD. */
  static final class Osd {
    final OsdId id;
    Map<Long, byte[]> objects = new HashMap<>();
    Map<Long, byte[]> durable = new HashMap<>();
    int epoch;
    long incarnation = 1;

    /** All requests fail. */
    boolean broken;

    Osd(OsdId id) {
      this.id = id;
    }

    void sync() {
      durable = copyOf(objects);
    }

    void restart() {
      objects = copyOf(durable);
      incarnation++;
    }

    void cut(int newEpoch, long sizeBytes) {
      if (newEpoch <= epoch) {
        return;
      }
      epoch = newEpoch;
      objects.replaceAll(
          (object, bytes) -> {
            long keep = sizeBytes - object * STRIPING.objectSizeBytes();
            byte[] cut = new byte[bytes.length];
            System.arraycopy(bytes, 0, cut, 0, (int) Math.max(0, Math.min(bytes.length, keep)));
            return cut;
          });
      sync();
    }

    private static Map<Long, byte[]> copyOf(Map<Long, byte[]> from) {
      Map<Long, byte[]> copy = new HashMap<>();
      from.forEach((object, bytes) -> copy.put(object, Arrays.copyOf(bytes, bytes.length)));
      return copy;
    }
  }

  SimCluster(SimTimer sim) {
    this.sim = sim;
    List<OsdId> ids = new ArrayList<>();
    for (int i = 0; i < STRIPING.width(); i++) {
      ids.add(new OsdId(new UUID(1, i)));
      osds.add(new Osd(ids.getLast()));
    }
    xlocs = new XLocSet(1, List.of(new ReplicaLocation(STRIPING, ids)));
    truncating = CompletableFuture.completedFuture(Result.ok(description()));
  }

  byte durableAt(long offset) {
    long object = STRIPING.objectOf(offset);
    byte[] bytes = osds.get(STRIPING.columnOf(object)).durable.get(object);
    return bytes == null ? 0 : bytes[STRIPING.offsetInObject(offset)];
  }

  private Attributes attributes() {
    return new Attributes(INODE, 0100644, 1, 0, 0, 0, size, epoch, BORN, mtime, mtime);
  }

  private FileDescription description() {
    return new FileDescription(attributes(), Optional.of(xlocs), pending);
  }

  /** The Volume has lost what it had in memory. */
  void restartMrc() {
    incarnation++;
    round = 0;
    opens = 0;
    answered.clear();
  }

  private boolean happens(int percent) {
    return sim.random.nextInt(100) < percent;
  }

  /** Carries out at one moment and answers at a later one, unless the message is lost. */
  private <T> CompletionStage<Result<T>> later(Supplier<CompletionStage<Result<T>>> action) {
    return later(Errno.EIO, action);
  }

  private <T> CompletionStage<Result<T>> later(
      Errno unanswered, Supplier<CompletionStage<Result<T>>> action) {
    CompletableFuture<Result<T>> answer = new CompletableFuture<>();
    sim.soon(
        () -> {
          if (!happens(lossPercent)) {
            var unused = action.get().thenAccept(result -> sim.soon(() -> answer.complete(result)));
            return;
          }
          if (sim.random.nextBoolean()) {
            var unused = action.get();
          }
          sim.soon(() -> answer.complete(Result.failed(unanswered, "lost")));
        });
    return answer;
  }

  private static <T> CompletionStage<Result<T>> now(Result<T> result) {
    return CompletableFuture.completedFuture(result);
  }

  @SuppressWarnings("unchecked") // nobody is told anything
  private static <T> ActorRef<T> nobody() {
    return (ActorRef<T>) NOBODY;
  }

  @SuppressWarnings("unchecked") // each command is answered with what it asks for
  private static <T> CompletionStage<Result<T>> as(CompletionStage<? extends Result<?>> answer) {
    return (CompletionStage<Result<T>>) answer;
  }

  @Override
  public <T> CompletionStage<Result<T>> askVolume(
      PartitionId partition, Function<ActorRef<Result<T>>, VolumeCommand> command) {
    VolumeCommand c = command.apply(nobody());
    if (c instanceof VolumeCommand.Once(OperationId id, VolumeCommand.Repeatable r)) {
      asked.add(r);
      return later(Errno.EAGAIN, () -> as(once(id, r)));
    }
    asked.add(c);
    return later(Errno.EAGAIN, () -> as(volume(c)));
  }

  /** As the Volume: what succeeded is answered again. */
  private CompletionStage<? extends Result<?>> once(OperationId id, VolumeCommand command) {
    CompletionStage<? extends Result<?>> known = answered.get(id);
    if (known != null) {
      return known;
    }
    CompletionStage<? extends Result<?>> answer = volume(command);
    answered.put(id, answer);
    var unused =
        answer.thenAccept(
            result -> {
              if (result instanceof Result.Failed<?>) {
                answered.remove(id);
              }
            });
    return answer;
  }

  private CompletionStage<? extends Result<?>> volume(VolumeCommand command) {
    if (deleted) {
      return now(Result.failed(Errno.ENOENT, "deleted"));
    }
    return switch (command) {
      case VolumeCommand.CreateFile c -> {
        opens++;
        yield now(Result.ok(new CreatedFile(description(), false)));
      }
      case VolumeCommand.OpenFile o -> {
        opens++;
        yield truncating.thenCompose(before -> finishCut());
      }
      case VolumeCommand.CloseFiles c -> {
        opens = Math.max(0, opens - c.inodes().size());
        if (unlinked && opens <= 0) {
          deleted = true;
        }
        yield now(Result.ok(Done.DONE));
      }
      case VolumeCommand.GetIncarnation g ->
          now(Result.ok(new Incarnation(new Epoch(1), incarnation)));
      case VolumeCommand.Reopen r -> {
        if (r.incarnation().number() != incarnation) {
          yield now(Result.failed(Errno.ESTALE, "began anew"));
        }
        if (r.round() > round) {
          round = r.round();
          r.files().forEach(f -> opens = Math.max(opens, f.opens()));
        }
        yield now(Result.ok(Done.DONE));
      }
      case VolumeCommand.Describe d -> now(Result.ok(description()));
      case VolumeCommand.GetAttributes g -> now(Result.ok(attributes()));
      case VolumeCommand.ReportSize r -> {
        if (r.truncateEpoch() == epoch) {
          size = Math.max(size, r.sizeBytes());
          mtime = r.mtime();
        }
        yield now(Result.ok(attributes()));
      }
      case VolumeCommand.Durable d -> volume(d.change());
      case VolumeCommand.Sync s -> now(Result.ok(Done.DONE));
      case VolumeCommand.Unlink u -> {
        unlinked = true;
        deleted = opens <= 0;
        yield now(Result.ok(Done.DONE));
      }
      case VolumeCommand.Rename r -> now(Result.ok(Done.DONE));
      default -> throw new AssertionError(command);
    };
  }

  @Override
  public <T> CompletionStage<Result<T>> askFile(
      FileId file, Function<ActorRef<Result<T>>, FileCommand> command) {
    FileCommand c = command.apply(nobody());
    return later(
        Errno.EAGAIN,
        () ->
            switch (c) {
              case FileCommand.Truncate t -> as(truncate(t.sizeBytes()));
              default -> throw new AssertionError(c);
            });
  }

  /** Also what another client asks for. */
  CompletionStage<Result<FileDescription>> truncate(long sizeBytes) {
    truncating =
        truncating
            .thenCompose(before -> finishCut())
            .thenCompose(
                finished -> {
                  if (finished instanceof Result.Failed<FileDescription>) {
                    return now(finished);
                  }
                  epoch++;
                  size = sizeBytes;
                  pending = Optional.of(new PendingCut(epoch, sizeBytes));
                  return finishCut();
                });
    return truncating;
  }

  private CompletionStage<Result<FileDescription>> finishCut() {
    if (pending.isEmpty()) {
      return now(Result.ok(description()));
    }
    PendingCut cut = pending.get();
    List<CompletableFuture<Result<Done>>> cuts = new ArrayList<>();
    for (Osd osd : osds) {
      CompletableFuture<Result<Done>> done = new CompletableFuture<>();
      Runnable cutting =
          () -> {
            CompletionStage<Result<Done>> answer =
                later(
                    () -> {
                      osd.cut(cut.truncateEpoch(), cut.sizeBytes());
                      return now(Result.ok(Done.DONE));
                    });
            var unused = answer.thenAccept(done::complete);
          };
      if (cutsHeld) {
        held.add(cutting);
      } else {
        cutting.run();
      }
      cuts.add(done);
    }
    return CompletableFuture.allOf(cuts.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            all -> {
              if (cuts.stream().anyMatch(c -> c.join() instanceof Result.Failed<Done>)) {
                return Result.failed(Errno.EIO, "cut lost");
              }
              if (pending.equals(Optional.of(cut))) {
                pending = Optional.empty();
              }
              return Result.ok(description());
            });
  }

  private Osd osd(OsdId id) {
    return osds.stream().filter(o -> o.id.equals(id)).findFirst().orElseThrow();
  }

  @Override
  public <T> CompletionStage<Result<T>> askReplica(
      OsdId id, FileId file, Function<ActorRef<Result<T>>, ReplicaCommand> command) {
    return later(
        () -> {
          Osd osd = osd(id);
          if (osd.broken) {
            return now(Result.failed(Errno.EIO, "broken"));
          }
          if (happens(busyPercent)) {
            return now(Result.failed(Errno.EBUSY, "busy"));
          }
          osd.sync();
          return as(now(Result.ok(new Synced(osd.incarnation))));
        });
  }

  @Override
  public CompletionStage<Result<Transfer>> transfer(
      OsdId id, ObjectRequest r, MemorySegment memory) {
    viewVersion = r.viewVersion();
    return later(
        () -> {
          Osd osd = osd(id);
          if (osd.broken) {
            return now(Result.failed(Errno.EIO, "broken"));
          }
          if (happens(busyPercent)) {
            return now(Result.failed(Errno.EBUSY, "busy"));
          }
          byte[] object =
              osd.objects.computeIfAbsent(r.object(), o -> new byte[STRIPING.objectSizeBytes()]);
          MemorySegment range =
              MemorySegment.ofArray(object).asSlice(r.offsetInObject(), r.lengthBytes());
          if (r.kind() == ObjectRequest.Kind.READ) {
            memory.copyFrom(range);
          } else if (r.truncateEpoch() < osd.epoch) {
            return now(Result.failed(Errno.EAGAIN, "epoch " + osd.epoch));
          } else {
            range.copyFrom(memory);
          }
          return now(Result.ok(new Transfer(r.lengthBytes(), osd.incarnation)));
        });
  }
}
