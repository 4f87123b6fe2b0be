package io.troupe.mrc.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.DirectoryEntry;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.FileType;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.fs.VolumeUsage;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.volume.AttributeChange;
import io.troupe.actors.volume.DirectoryPage;
import io.troupe.actors.volume.RenameMode;
import io.troupe.actors.volume.VolumePolicy;
import io.troupe.actors.volume.XattrMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Any operations, in batches that are committed or lost, against {@link ModelFileSystem}: every
 * answer, and at the end of a batch everything that can be seen and every record that is kept.
 */
class NamespaceModelTest {
  private static final StripingPolicy STRIPING = new StripingPolicy(1 << 17, 1);
  private static final PartitionId PARTITION =
      new PartitionId(new VolumeId(new UUID(7, 0xffff_ffff_ffff_ffffL)), 0);
  private static final List<Name> NAMES =
      List.of(
          Name.of("a"),
          Name.of("b"),
          Name.of("c"),
          Name.of("d"),
          Name.of("x".repeat(255)),
          Name.of("x".repeat(256)),
          Name.of("."),
          Name.of(".."));
  private static final Caller[] CALLERS = {Caller.ROOT, new Caller(10, 20), new Caller(11, 21)};

  enum Kind {
    CREATE,
    NODE,
    DIRECTORY,
    SYMLINK,
    LINK,
    UNLINK,
    RMDIR,
    RENAME,
    ATTRIBUTES,
    SIZE,
    BEGIN_TRUNCATE,
    END_TRUNCATE,
    SET_XATTR,
    REMOVE_XATTR,
    RELEASE,
    COMMIT,
    LOSE
  }

  /** One step: what it does, to which inodes (by their place among those there), and how. */
  record Op(Kind kind, int x, int y, int name, int newName, int bits) {}

  @Provide
  Arbitrary<List<Op>> workload() {
    Arbitrary<Kind> kinds =
        Arbitraries.frequency(
            Tuple.of(2, Kind.CREATE),
            Tuple.of(1, Kind.NODE),
            Tuple.of(4, Kind.DIRECTORY),
            Tuple.of(1, Kind.SYMLINK),
            Tuple.of(2, Kind.LINK),
            Tuple.of(2, Kind.UNLINK),
            Tuple.of(1, Kind.RMDIR),
            Tuple.of(6, Kind.RENAME),
            Tuple.of(1, Kind.ATTRIBUTES),
            Tuple.of(1, Kind.SIZE),
            Tuple.of(1, Kind.BEGIN_TRUNCATE),
            Tuple.of(1, Kind.END_TRUNCATE),
            Tuple.of(1, Kind.SET_XATTR),
            Tuple.of(1, Kind.REMOVE_XATTR),
            Tuple.of(1, Kind.RELEASE),
            Tuple.of(1, Kind.COMMIT),
            Tuple.of(1, Kind.LOSE));
    Arbitrary<Integer> inodes = Arbitraries.integers().between(0, 11);
    Arbitrary<Integer> names =
        Arbitraries.frequency(
            Tuple.of(12, 0),
            Tuple.of(12, 1),
            Tuple.of(8, 2),
            Tuple.of(4, 3),
            Tuple.of(2, 4),
            Tuple.of(1, 5),
            Tuple.of(1, 6),
            Tuple.of(1, 7));
    return Combinators.combine(
            kinds, inodes, inodes, names, names, Arbitraries.integers().between(0, 0xffff))
        .as(Op::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(120);
  }

  @Property(tries = 1_500)
  void behavesAsTheModelAndKeepsNothingElse(@ForAll("workload") List<Op> workload) {
    new Run().all(workload);
  }

  /** One volume and its model. */
  private static final class Run {
    private final MapRecords committed = new MapRecords();
    private Overlay overlay = new Overlay(committed);
    private ModelFileSystem durable;
    private ModelFileSystem model;
    private long clock = 1;

    Run() {
      FileTime now = new FileTime(clock, 0);
      NamespaceChange change =
          new NamespaceChange(PARTITION, overlay, now, i -> Result.failed(Errno.EIO));
      assertThat(change.initialize(new VolumePolicy(STRIPING, 0755, 3, 4)))
          .isInstanceOf(Result.Ok.class);
      model = ModelFileSystem.withRoot(0755, 3, 4, now);
      durable = model.copy();
      commit();
    }

    void all(List<Op> workload) {
      for (Op op : workload) {
        switch (op.kind()) {
          case COMMIT -> commit();
          case LOSE -> {
            overlay = new Overlay(committed);
            model = durable.copy();
            sameAsModel(committed);
          }
          default -> step(op);
        }
      }
      commit();
    }

    private void commit() {
      sameAsModel(overlay);
      committed.commit(overlay);
      overlay = new Overlay(committed);
      durable = model.copy();
      sameAsModel(committed);
      onlyWhatIsNeeded();
    }

    /** An inode that is there, or one that never was or is gone. */
    private long inode(int place) {
      List<Long> all = new ArrayList<>(model.nodes.keySet());
      int at = place % (all.size() + 1);
      return at == all.size() ? model.nextInode - 1 + place % 2 : all.get(at);
    }

    private void step(Op op) {
      FileTime now = new FileTime(++clock, 5);
      long before = overlay.bytes();
      int known = model.nodes.size();
      NamespaceChange real =
          new NamespaceChange(PARTITION, overlay, now, i -> placed(i, op.bits() % 7 == 0));
      model.now = now;
      model.placement = i -> placed(i, op.bits() % 7 == 0);
      long x = inode(op.x());
      long y = inode(op.y());
      Name name = NAMES.get(op.name());
      Name other = NAMES.get(op.newName());
      int permissions = op.bits() & FileType.PERMISSION_MASK;
      Caller caller = CALLERS[op.bits() % 3];
      boolean flag = (op.bits() & 1) != 0;
      long size =
          switch (op.bits() % 9) {
            case 0 -> -1;
            case 1 -> (1L << 53) + 1;
            case 2 -> 1L << 53;
            default -> op.bits();
          };
      int epoch = op.y() % 3;
      byte[] bytes = new byte[1 + op.bits() % 50];
      switch (op.kind()) {
        case CREATE ->
            same(
                op,
                real.createFile(x, name, permissions, caller, flag),
                model.createFile(x, name, permissions, caller, flag));
        case NODE -> {
          FileType type =
              List.of(
                      FileType.FIFO,
                      FileType.SOCKET,
                      FileType.REGULAR,
                      FileType.BLOCK_DEVICE,
                      FileType.CHARACTER_DEVICE)
                  .get(op.y() % 5);
          int mode = type.bits() | permissions;
          same(
              op,
              real.makeNode(x, name, mode, op.bits(), caller),
              model.make(x, name, mode, op.bits(), caller, Optional.empty()));
        }
        case DIRECTORY ->
            same(
                op,
                real.makeDirectory(x, name, permissions, caller),
                model.make(
                    x, name, FileType.DIRECTORY.bits() | permissions, 0, caller, Optional.empty()));
        case SYMLINK ->
            same(
                op,
                real.makeSymlink(x, name, bytes, caller),
                model.make(x, name, FileType.SYMLINK.bits() | 0777, 0, caller, Optional.of(bytes)));
        case LINK -> same(op, real.link(x, y, name), model.link(x, y, name));
        case UNLINK -> same(op, real.unlink(x, name), model.unlink(x, name));
        case RMDIR -> same(op, real.removeDirectory(x, name), model.removeDirectory(x, name));
        case RENAME -> {
          RenameMode mode = List.of(RenameMode.values()).get(op.bits() % 3);
          same(op, real.rename(x, name, y, other, mode), model.rename(x, name, y, other, mode));
        }
        case ATTRIBUTES -> {
          AttributeChange change = change(op);
          same(op, real.setAttributes(x, change), model.setAttributes(x, change));
        }
        case SIZE -> {
          FileTime mtime = new FileTime(clock + (op.y() % 3) - 1, 0);
          same(
              op,
              real.reportSize(x, epoch, size, mtime, flag),
              model.reportSize(x, epoch, size, mtime, flag));
        }
        case BEGIN_TRUNCATE -> same(op, real.beginTruncate(x, size), model.beginTruncate(x, size));
        case END_TRUNCATE -> same(op, real.endTruncate(x, epoch), model.endTruncate(x, epoch));
        case SET_XATTR -> {
          XattrMode mode = List.of(XattrMode.values()).get(op.bits() % 3);
          same(op, real.setXattr(x, name, bytes, mode), model.setXattr(x, name, bytes, mode));
        }
        case REMOVE_XATTR -> same(op, real.removeXattr(x, name), model.removeXattr(x, name));
        case RELEASE -> same(op, real.releaseOrphan(x), model.releaseOrphan(x));
        case COMMIT, LOSE -> throw new AssertionError(op);
      }
      if (failed) {
        assertThat(overlay.bytes()).as("%s failed and changed nothing", op).isEqualTo(before);
        assertThat(model.nodes).hasSize(known);
      }
      assertThat(real.unlinked()).as("%s", op).allMatch(i -> model.orphans().contains(i));
      assertThat(real.discarded()).allMatch(g -> g.xlocs().equals(model.garbage.get(g.inode())));
    }

    private boolean failed;

    private void same(Op op, Result<?> real, Result<?> expected) {
      failed = expected instanceof Result.Failed<?>;
      if (expected instanceof Result.Failed<?> f) {
        assertThat(real).as("%s", op).isInstanceOf(Result.Failed.class);
        assertThat(((Result.Failed<?>) real).errno()).as("%s", op).isEqualTo(f.errno());
      } else {
        assertThat(real).as("%s", op).isEqualTo(expected);
      }
    }

    private AttributeChange change(Op op) {
      AttributeChange c = AttributeChange.NONE;
      int b = op.bits();
      c = (b & 1) != 0 ? c.withMode(op.bits() >> 4) : c;
      c = (b & 2) != 0 ? c.withUid(op.x()) : c;
      c = (b & 4) != 0 ? c.withGid(op.y()) : c;
      c = (b & 8) != 0 ? c.withAtime(new FileTime(-b, 999_999_999)) : c;
      c = (b & 16) != 0 ? c.withMtime(new FileTime(b, 1)) : c;
      c = (b & 32) != 0 ? c.withCtime(new FileTime(b, 2)) : c;
      return (b & 64) != 0 ? c.withClearPrivileges() : c;
    }

    private static Result<XLocSet> placed(long inode, boolean full) {
      return full
          ? Result.failed(Errno.ENOSPC)
          : Result.ok(
              new XLocSet(
                  1,
                  List.of(new ReplicaLocation(STRIPING, List.of(new OsdId(new UUID(1, inode)))))));
    }

    private void sameAsModel(Records records) {
      Namespace namespace = new Namespace(PARTITION, records);
      model.nodes.forEach(
          (inode, n) -> {
            assertThat(namespace.describe(inode)).isEqualTo(Result.ok(model.describe(inode)));
            assertThat(namespace.xattrs(inode))
                .isEqualTo(Result.ok(new ArrayList<>(n.xattrs.keySet())));
            n.xattrs.forEach(
                (name, value) ->
                    assertThat(namespace.xattr(inode, name).orThrow()).isEqualTo(value));
            if (n.target.isPresent()) {
              assertThat(namespace.readLink(inode).orThrow()).isEqualTo(n.target.get());
            }
            if (n.isDirectory()) {
              sameEntries(namespace, inode, n);
            }
          });
      assertThat(namespace.attributes(model.nextInode)).isInstanceOf(Result.Failed.class);
      assertThat(namespace.orphans(0, 1000)).containsExactlyElementsOf(model.orphans());
      assertThat(namespace.garbage(0, 1000))
          .containsExactlyElementsOf(
              model.garbage.entrySet().stream()
                  .map(e -> new Tree.Garbage(e.getKey(), e.getValue()))
                  .toList());
      assertThat(namespace.usage())
          .isEqualTo(Result.ok(new VolumeUsage(model.nodes.size(), model.usedBytes())));
    }

    private void sameEntries(Namespace namespace, long inode, ModelFileSystem.Node n) {
      Map<Name, Long> listed = new HashMap<>();
      long cookie = 0;
      boolean last = false;
      while (!last) {
        DirectoryPage page = namespace.readDirectory(inode, cookie, 2).orThrow();
        assertThat(page.parent()).isEqualTo(model.parentOf(inode));
        for (DirectoryEntry e : page.entries()) {
          assertThat(e.cookie()).isGreaterThan(cookie).isGreaterThanOrEqualTo(16);
          assertThat(e.attributes()).isEqualTo(model.attributes(e.attributes().inode()));
          listed.put(e.name(), e.attributes().inode());
          cookie = e.cookie();
        }
        last = page.last();
      }
      assertThat(listed).isEqualTo(n.entries);
      for (Name name : NAMES) {
        Long there = n.entries.get(name);
        if (there != null) {
          assertThat(namespace.lookup(inode, name)).isEqualTo(Result.ok(model.attributes(there)));
        } else if (name.isValidEntry()) {
          assertThat(namespace.lookup(inode, name)).isEqualTo(Result.failed(Errno.ENOENT));
        }
      }
      assertThat(namespace.lookup(inode, Name.of("..")))
          .isEqualTo(Result.ok(model.attributes(model.parentOf(inode))));
    }

    /** No record outlives what it belongs to. */
    private void onlyWhatIsNeeded() {
      assertThat(committed.table(Table.INODE)).hasSize(model.nodes.size());
      assertThat(committed.table(Table.DENTRY))
          .hasSize(model.nodes.values().stream().mapToInt(n -> n.entries.size()).sum());
      assertThat(committed.table(Table.XATTR))
          .hasSize(model.nodes.values().stream().mapToInt(n -> n.xattrs.size()).sum());
      assertThat(committed.table(Table.ORPHAN)).hasSize(model.orphans().size());
      assertThat(committed.table(Table.GARBAGE)).hasSize(model.garbage.size());
      assertThat(committed.table(Table.HEAD)).hasSize(1);
    }
  }
}
