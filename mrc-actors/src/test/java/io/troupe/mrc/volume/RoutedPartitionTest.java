package io.troupe.mrc.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.file.FileCommand;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.session.SessionEvent;
import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.group.GroupRanges;
import io.troupe.lsm.pekko.LsmStores;
import io.troupe.lsm.pekko.RecordChange;
import io.troupe.mrc.Around;
import io.troupe.mrc.PartitionRanges;
import io.troupe.mrc.TestNode;
import io.troupe.mrc.file.FileEntity;
import io.troupe.mrc.namespace.Table;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a partition's entities persist is what its ranges name. */
final class RoutedPartitionTest {
  private static final PartitionId FIRST = new PartitionId(new VolumeId(new UUID(4, 4)), 1);
  private static final PartitionId OTHER = new PartitionId(FIRST.volume(), 10);

  private record Persisted(String id, WriteBatch batch) {}

  /** Whether all that a batch names belongs to a partition. */
  private static final class Owner implements WriteBatch.Visitor {
    private final GroupRanges ranges;
    private boolean all = true;

    Owner(PartitionId partition) {
      ranges = PartitionRanges.of(partition);
    }

    static boolean isOf(PartitionId partition, WriteBatch batch) {
      var owner = new Owner(partition);
      batch.visit(owner);
      return owner.all;
    }

    @Override
    public void put(Index index, byte[] key, byte[] value) {
      all &=
          ranges.ranges().stream()
              .anyMatch(o -> o.index().equals(index.name()) && o.range().contains(key));
    }

    @Override
    public void delete(Index index, byte[] key) {
      put(index, key, key);
    }

    @Override
    public void deleteRange(Index index, byte[] from, byte[] to) {
      throw new AssertionError("nobody here deletes ranges");
    }

    @Override
    public void add(Index index, byte[] key, long delta) {
      put(index, key, key);
    }
  }

  @Test
  void whatEntitiesPersistBelongsToTheirPartition(@TempDir Path dir) throws Exception {
    var persisted = new LinkedBlockingQueue<Persisted>();
    try (TestNode node = TestNode.start(dir, "lsm-journal.query-index = off")) {
      LsmStores.get(node.system())
          .route(
              id ->
                  Optional.of(
                      batch -> {
                        persisted.add(new Persisted(id, batch));
                        return node.store().commit(batch, Durability.SYNC);
                      }));
      for (PartitionId partition : List.of(FIRST, OTHER)) {
        commit(node, partition);
        hold(node, partition);
        for (String entity : List.of("Volume|", "File|")) {
          Persisted found =
              Objects.requireNonNull(
                  persisted.poll(TestNode.LIMIT.toSeconds(), TimeUnit.SECONDS), entity);
          assertThat(found.id()).startsWith(entity);
          assertThat(Owner.isOf(partition, found.batch())).as("%s", found.id()).isTrue();
          PartitionId other = partition.equals(FIRST) ? OTHER : FIRST;
          assertThat(Owner.isOf(other, found.batch())).isFalse();
        }
      }
    }
  }

  private static void commit(TestNode node, PartitionId partition) {
    TestProbe<Committer.Committed> probe = node.probe();
    var change = RecordChange.put(Table.HEAD.index(), Table.prefixOf(partition), new byte[] {1});
    node.kit()
        .spawn(Committer.create(partition.toString()))
        .tell(
            new Committer.Commit(
                new VolumeCommitted(new Epoch(1), List.of(change), false), probe.ref()));
    probe.expectMessage(TestNode.LIMIT, Committer.Committed.COMMITTED);
  }

  /** A file without a name remembers who has it open. */
  private static void hold(TestNode node, PartitionId partition) {
    long inode = ((long) partition.number() << PartitionId.INODE_BITS) + 77;
    TestProbe<SessionEvent> session = node.probe();
    ActorRef<FileCommand> file =
        node.kit()
            .spawn(
                FileEntity.create(
                    new FileId(partition.volume(), inode),
                    new Around(node).entities(),
                    Duration.ofSeconds(5),
                    () -> new Epoch(1)));
    file.tell(new FileCommand.Opened(session.ref(), 1));
    file.tell(new FileCommand.Unlinked());
  }
}
