package io.troupe.mrc.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.volume.VolumePolicy;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** A volume with its root, changed by one operation at a time, each a commit of its own. */
final class SmallVolume {
  static final long ROOT = FileId.ROOT_INODE;
  static final VolumePolicy POLICY = new VolumePolicy(new StripingPolicy(4096, 1), 0755, 0, 0);
  static final XLocSet XLOCS =
      new XLocSet(
          1, List.of(new ReplicaLocation(POLICY.striping(), List.of(new OsdId(new UUID(9, 9))))));

  private static final PartitionId PARTITION = new PartitionId(new VolumeId(new UUID(1, 2)), 0);

  private final MapRecords committed = new MapRecords();
  private long clock = 1_000;

  SmallVolume() {
    done(n -> n.initialize(POLICY));
  }

  Namespace namespace() {
    return new Namespace(PARTITION, committed);
  }

  FileTime now() {
    return new FileTime(clock, 0);
  }

  <T> T done(Function<NamespaceChange, Result<T>> operation) {
    Overlay overlay = new Overlay(committed);
    T value = operation.apply(changeOf(overlay)).orThrow();
    committed.commit(overlay);
    return value;
  }

  /** The operation fails like this and has changed nothing. */
  void refused(Errno errno, Function<NamespaceChange, Result<?>> operation) {
    Overlay overlay = new Overlay(committed);
    NamespaceChange change = changeOf(overlay);
    Result<?> result = operation.apply(change);

    assertThat(result).isInstanceOf(Result.Failed.class);
    assertThat(((Result.Failed<?>) result).errno()).isEqualTo(errno);
    assertThat(overlay.isEmpty()).as("changed nothing").isTrue();
    assertThat(change.unlinked()).isEmpty();
    assertThat(change.discarded()).isEmpty();
  }

  private NamespaceChange changeOf(Overlay overlay) {
    return new NamespaceChange(
        PARTITION, overlay, new FileTime(++clock, 0), inode -> Result.ok(XLOCS));
  }

  long file(String name) {
    return done(n -> n.createFile(ROOT, Name.of(name), 0644, Caller.ROOT, true))
        .file()
        .attributes()
        .inode();
  }

  long directory(String name) {
    return done(n -> n.makeDirectory(ROOT, Name.of(name), 0755, Caller.ROOT)).inode();
  }

  void grow(long inode, long sizeBytes) {
    int epoch = namespace().attributes(inode).orThrow().truncateEpoch();
    done(n -> n.reportSize(inode, epoch, sizeBytes, now(), false));
  }

  long usedBytes() {
    return namespace().usage().orThrow().usedBytes();
  }
}
