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
import io.troupe.actors.volume.XattrMode;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeTry;

/** Removing a volume step by step, each step a commit of its own. */
class DestroyTest {
  private static final StripingPolicy STRIPING = new StripingPolicy(4096, 1);
  private static final XLocSet XLOCS =
      new XLocSet(1, List.of(new ReplicaLocation(STRIPING, List.of(new OsdId(new UUID(9, 9))))));

  private MapRecords committed = new MapRecords();

  @BeforeTry
  void emptyStore() {
    committed = new MapRecords();
  }

  private static PartitionId partition(long volume) {
    return new PartitionId(new VolumeId(new UUID(volume, 0)), 0);
  }

  private static NamespaceChange change(PartitionId partition, Overlay overlay) {
    return new NamespaceChange(partition, overlay, FileTime.EPOCH, inode -> Result.ok(XLOCS));
  }

  private void fill(PartitionId partition, int files) {
    Overlay overlay = new Overlay(committed);
    NamespaceChange change = change(partition, overlay);
    change.initialize(new VolumePolicy(STRIPING, 0755, 0, 0)).orThrow();
    for (int i = 0; i < files; i++) {
      Name name = Name.of("file" + i);
      long inode =
          change
              .createFile(FileId.ROOT_INODE, name, 0644, Caller.ROOT, true)
              .orThrow()
              .file()
              .attributes()
              .inode();
      change.setXattr(inode, Name.of("user.a"), new byte[3], XattrMode.SET).orThrow();
      if (i % 3 == 0) {
        change.unlink(FileId.ROOT_INODE, name).orThrow();
      }
    }
    committed.commit(overlay);
  }

  @Property(tries = 100)
  void leavesOnlyGarbageAndTheNeighboursAlone(
      @ForAll @IntRange(max = 40) int files, @ForAll @IntRange(min = 1, max = 30) int perStep) {
    fill(partition(1), 2);
    fill(partition(2), files);
    fill(partition(3), 2);

    boolean more = true;
    int steps = 0;
    while (more) {
      Overlay overlay = new Overlay(committed);
      more = change(partition(2), overlay).destroyStep(perStep);
      committed.commit(overlay);
      assertThat(new Namespace(partition(2), committed).isLive()).isFalse();
      assertThat(
              change(partition(2), new Overlay(committed))
                  .initialize(new VolumePolicy(STRIPING, 0755, 0, 0)))
          .as("a volume on its way out is not made again")
          .isInstanceOfSatisfying(
              Result.Failed.class, f -> assertThat(f.errno()).isEqualTo(Errno.EBUSY));
      assertThat(++steps).isLessThanOrEqualTo(2 + (4 * files + 2) / perStep);
    }
    Namespace left = new Namespace(partition(2), committed);
    assertThat(left.garbage(0, 1000)).hasSize(files).allMatch(g -> g.xlocs().equals(XLOCS));

    Overlay overlay = new Overlay(committed);
    NamespaceChange change = change(partition(2), overlay);
    left.garbage(0, 1000).forEach(g -> change.removeGarbage(g.inode()));
    change.removeHead();
    committed.commit(overlay);

    assertThat(committed.table(Table.HEAD)).hasSize(2);
    assertThat(committed.table(Table.INODE)).hasSize(2 * 3);
    assertThat(committed.table(Table.DENTRY)).hasSize(2 * 1);
    assertThat(committed.table(Table.XATTR)).hasSize(2 * 2);
    assertThat(committed.table(Table.ORPHAN)).hasSize(2 * 1);
    assertThat(committed.table(Table.GARBAGE)).isEmpty();
    assertThat(change(partition(2), new Overlay(committed)).destroyStep(perStep)).isFalse();
  }
}
