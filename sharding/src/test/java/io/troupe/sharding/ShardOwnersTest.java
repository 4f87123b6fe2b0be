package io.troupe.sharding;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class ShardOwnersTest {
  private static final NodeId OWNER = new NodeId(new UUID(0, 1));
  private static final NodeId OTHER = new NodeId(new UUID(0, 2));
  private static final PartitionId PARTITION = new PartitionId(new VolumeId(new UUID(5, 5)), 0);

  private static Set<String> roles(NodeId node, String... more) {
    Set<String> roles = new java.util.HashSet<>(List.of(more));
    roles.add(ShardOwners.nodeRole(node));
    return roles;
  }

  @Test
  void aVolumeAndItsFilesBelongToTheNodeInTheirName() {
    String shard = EntityIds.shard(EntityIds.volume(PARTITION, OWNER));
    for (var type : List.of(EntityTypes.VOLUME, EntityTypes.FILE)) {
      var owner = ShardOwners.ownerOf(type, shard);
      assertThat(owner.test(roles(OWNER, "mrc"))).isTrue();
      assertThat(owner.test(roles(OTHER, "mrc"))).isFalse();
    }
  }

  @Test
  void replicasAndLeasesBelongToTheNodeOfTheirShard() {
    for (var type : List.of(EntityTypes.REPLICA, EntityTypes.LEASE)) {
      var owner = ShardOwners.ownerOf(type, OWNER.toString());
      assertThat(owner.test(roles(OWNER))).isTrue();
      assertThat(owner.test(roles(OTHER))).isFalse();
    }
  }

  @Test
  void eachNodesDirectoryBelongsToIt() {
    String shard = EntityIds.shard(EntityIds.directory(OWNER));
    var owner = ShardOwners.ownerOf(EntityTypes.DIRECTORY, shard);
    assertThat(owner.test(roles(OWNER, "dir"))).isTrue();
    assertThat(owner.test(roles(OTHER, "dir"))).isFalse();
  }

  @Test
  void aMembersRolesTellItsNode() {
    assertThat(ShardOwners.nodeOf(roles(OWNER, "dir"))).contains(OWNER);
    assertThat(ShardOwners.nodeOf(Set.of("dir"))).isEmpty();
  }
}
