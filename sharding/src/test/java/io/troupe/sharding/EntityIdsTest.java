package io.troupe.sharding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class EntityIdsTest {
  @Property(tries = 500)
  void everyIdComesBackFromItsText(
      @ForAll long high, @ForAll long low, @ForAll long inode, @ForAll("partitions") int number) {
    UUID uuid = new UUID(high, low);
    VolumeId volume = new VolumeId(uuid);
    PartitionId partition = new PartitionId(volume, number);
    FileId file = new FileId(volume, inode);
    OsdId osd = OsdId.of(new NodeId(uuid));
    CellId cell = CellId.ofPartition(partition);

    assertThat(EntityIds.volume(EntityIds.volume(partition, osd.node()))).isEqualTo(partition);
    assertThat(EntityIds.file(EntityIds.file(file, osd.node()))).isEqualTo(file);
    assertThat(EntityIds.nodeOf(EntityIds.shard(EntityIds.directory(osd.node()))))
        .isEqualTo(osd.node());
    assertThat(EntityIds.replica(EntityIds.replica(osd, file)))
        .isEqualTo(new EntityIds.ReplicaId(osd, file));
    assertThat(EntityIds.lease(EntityIds.lease(osd.node(), cell)))
        .isEqualTo(new EntityIds.LeaseId(osd.node(), cell));
  }

  @net.jqwik.api.Provide
  net.jqwik.api.Arbitrary<Integer> partitions() {
    return net.jqwik.api.Arbitraries.integers().between(0, 65_535);
  }

  @Property(tries = 500)
  void aFileLiesInItsPartitionsShardAndAReplicaInItsOsds(@ForAll long high, @ForAll long inode) {
    VolumeId volume = new VolumeId(new UUID(high, 1));
    FileId file = new FileId(volume, inode);
    OsdId osd = OsdId.of(new NodeId(new UUID(high, 2)));

    String shard = EntityIds.shard(EntityIds.file(file, osd.node()));
    assertThat(shard).isEqualTo(EntityIds.shard(EntityIds.volume(file.partition(), osd.node())));
    assertThat(EntityIds.nodeOf(shard)).isEqualTo(osd.node());
    assertThat(EntityIds.shard(EntityIds.replica(osd, file))).isEqualTo(osd.toString());
  }

  @Test
  void refusesAnIdOfOnePart() {
    assertThatThrownBy(() -> EntityIds.file("alone")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> EntityIds.volume("nodeless"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
