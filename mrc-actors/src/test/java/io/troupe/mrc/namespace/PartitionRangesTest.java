package io.troupe.mrc.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.FileType;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.volume.OperationId;
import io.troupe.actors.volume.RenameMode;
import io.troupe.actors.volume.VolumePolicy;
import io.troupe.actors.volume.XattrMode;
import io.troupe.lsm.group.GroupRanges;
import io.troupe.mrc.PartitionRanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Whatever changes in a partition lies in the ranges of that partition, and in those of no other.
 */
class PartitionRangesTest {
  private static final VolumeId VOLUME = new VolumeId(new UUID(7, 0xff));
  private static final VolumeId NEXT = new VolumeId(new UUID(7, 0x100));
  private static final List<PartitionId> PARTITIONS =
      List.of(
          new PartitionId(VOLUME, 0),
          new PartitionId(VOLUME, 1),
          new PartitionId(VOLUME, 10),
          new PartitionId(VOLUME, 0x8000),
          new PartitionId(VOLUME, 0xffff),
          new PartitionId(NEXT, 0),
          new PartitionId(NEXT, 0xff));
  private static final List<GroupRanges> RANGES =
      PARTITIONS.stream().map(PartitionRanges::of).toList();
  private static final StripingPolicy STRIPING = new StripingPolicy(4096, 1);
  private static final VolumePolicy POLICY = new VolumePolicy(STRIPING, 0755, 0, 0);
  private static final XLocSet XLOCS =
      new XLocSet(1, List.of(new ReplicaLocation(STRIPING, List.of(new OsdId(new UUID(9, 9))))));
  private static final List<Name> NAMES =
      List.of(Name.of("a"), Name.of("b"), Name.of("\uffff".repeat(80)));
  private static final List<UUID> CLIENTS =
      List.of(new UUID(0, 0), new UUID(-1, -1), new UUID(1, 2));

  enum Kind {
    CREATE,
    DIRECTORY,
    SYMLINK,
    LINK,
    UNLINK,
    RMDIR,
    RENAME,
    SIZE,
    TRUNCATE,
    SET_XATTR,
    REMOVE_XATTR,
    HAND,
    RELEASE,
    ONCE,
    FORGET,
    REMOVE_GARBAGE,
    DESTROY
  }

  /** One step in one of the partitions. */
  record Op(int partition, Kind kind, int x, int y, int name) {}

  @Provide
  Arbitrary<List<Op>> workload() {
    return Combinators.combine(
            Arbitraries.integers().between(0, PARTITIONS.size() - 1),
            Arbitraries.of(Kind.class),
            Arbitraries.integers().between(0, 5),
            Arbitraries.integers().between(0, 5),
            Arbitraries.integers().between(0, NAMES.size() - 1))
        .as(Op::new)
        .list()
        .ofMinSize(10)
        .ofMaxSize(120);
  }

  @Property(tries = 200)
  void whatAPartitionChangesIsItsOwn(@ForAll("workload") List<Op> workload) {
    MapRecords committed = new MapRecords();
    for (PartitionId partition : PARTITIONS) {
      Overlay overlay = new Overlay(committed);
      begin(partition, overlay);
      check(partition, overlay);
      committed.commit(overlay);
    }
    for (Op op : workload) {
      PartitionId partition = PARTITIONS.get(op.partition());
      Overlay overlay = new Overlay(committed);
      Optional<Head> head = new Tree(partition, committed).head();
      if (head.isEmpty()) {
        begin(partition, overlay);
      } else if (head.get().removing()) {
        remove(partition, overlay, op.x());
      } else {
        step(partition, overlay, op);
      }
      check(partition, overlay);
      committed.commit(overlay);
    }
  }

  private static void check(PartitionId partition, Overlay overlay) {
    overlay.forEach(
        (table, key, value) -> {
          List<PartitionId> owners =
              PARTITIONS.stream()
                  .filter(p -> owns(RANGES.get(PARTITIONS.indexOf(p)), table.index(), key))
                  .toList();
          assertThat(owners).as("who owns %s", table).containsExactly(partition);
        });
  }

  private static boolean owns(GroupRanges ranges, String index, byte[] key) {
    return ranges.ranges().stream()
        .anyMatch(o -> o.index().equals(index) && o.range().contains(key));
  }

  /** A head, and a directory with the partition's first inode number. */
  private static void begin(PartitionId partition, Overlay overlay) {
    if (partition.number() == 0) {
      new NamespaceChange(partition, overlay, FileTime.EPOCH, i -> Result.ok(XLOCS))
          .initialize(POLICY)
          .orThrow();
      return;
    }
    TreeChange tree = new TreeChange(partition, overlay);
    FileTime t = FileTime.EPOCH;
    long inode = top(partition);
    Attributes directory =
        new Attributes(inode, FileType.DIRECTORY.bits() | 0755, 2, 0, 0, 0, 0, 0, t, t, t);
    tree.put(
        new InodeRecord(
            directory,
            FileId.ROOT_INODE,
            OptionalLong.empty(),
            Optional.empty(),
            Optional.empty()));
    tree.put(new Head(POLICY, 2, 1, 0, false, false));
  }

  private static long top(PartitionId partition) {
    return ((long) partition.number() << PartitionId.INODE_BITS) + 1;
  }

  /** The inodes that the partition has, of which an operation picks. */
  private static long pick(PartitionId partition, Overlay overlay, int place) {
    Keys keys = new Keys(partition.volume());
    List<Long> found = new ArrayList<>();
    overlay.scan(
        Table.INODE,
        keys.firstOf(partition),
        keys.endOf(partition),
        (key, value) -> found.add(Keys.inodeIn(key)));
    return found.isEmpty() ? top(partition) : found.get(place % found.size());
  }

  /** What is being removed takes no other changes; at its end the head goes. */
  private static void remove(PartitionId partition, Overlay overlay, int more) {
    var n = new NamespaceChange(partition, overlay, FileTime.EPOCH, i -> Result.ok(XLOCS));
    if (!n.destroyStep(1 + more)) {
      n.removeHead();
    }
  }

  private static void step(PartitionId partition, Overlay overlay, Op op) {
    FileTime now = new FileTime(1_000 + op.x(), 0);
    var n = new NamespaceChange(partition, overlay, now, i -> Result.ok(XLOCS));
    long x = pick(partition, overlay, op.x());
    long y = pick(partition, overlay, op.y());
    Name name = NAMES.get(op.name());
    OperationId id = new OperationId(CLIENTS.get(op.y() % CLIENTS.size()), op.x() * 13107, 1);
    Object unused =
        switch (op.kind()) {
          case CREATE -> n.createFile(x, name, 0644, Caller.ROOT, true);
          case DIRECTORY -> n.makeDirectory(x, name, 0755, Caller.ROOT);
          case SYMLINK -> n.makeSymlink(x, name, new byte[] {'l'}, Caller.ROOT);
          case LINK -> n.link(x, y, name);
          case UNLINK -> n.unlink(x, name);
          case RMDIR -> n.removeDirectory(x, name);
          case RENAME -> n.rename(x, name, y, NAMES.getFirst(), RenameMode.REPLACE);
          case SIZE -> n.reportSize(x, 0, 10_000, now, false);
          case TRUNCATE -> n.beginTruncate(x, 10);
          case SET_XATTR -> n.setXattr(x, name, new byte[] {1}, XattrMode.SET);
          case REMOVE_XATTR -> n.removeXattr(x, name);
          case HAND -> {
            n.markHanded(x);
            yield x;
          }
          case RELEASE -> n.releaseOrphan(x);
          case ONCE ->
              n.once(
                  id,
                  Replay.ATTRIBUTES,
                  change -> change.makeDirectory(x, name, 0755, Caller.ROOT));
          case FORGET -> n.forgetOutcomes(Optional.empty(), 1_003, 2);
          case REMOVE_GARBAGE -> {
            n.removeGarbage(x);
            yield x;
          }
          case DESTROY -> n.destroyStep(op.x());
        };
    assertThat(unused).isNotNull();
  }
}
