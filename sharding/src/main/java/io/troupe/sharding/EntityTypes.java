package io.troupe.sharding;

import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.directory.Role;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.lease.LeaseCommand;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.volume.VolumeCommand;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;

/** The kinds of sharded entities, and the role of the nodes that run them. */
public final class EntityTypes {
  public static final EntityTypeKey<VolumeCommand> VOLUME =
      EntityTypeKey.create(VolumeCommand.class, "Volume");
  public static final EntityTypeKey<FileCommand> FILE =
      EntityTypeKey.create(FileCommand.class, "File");
  public static final EntityTypeKey<ReplicaCommand> REPLICA =
      EntityTypeKey.create(ReplicaCommand.class, "Replica");
  public static final EntityTypeKey<LeaseCommand> LEASE =
      EntityTypeKey.create(LeaseCommand.class, "Lease");
  public static final EntityTypeKey<DirectoryCommand> DIRECTORY =
      EntityTypeKey.create(DirectoryCommand.class, "Directory");

  static final List<EntityTypeKey<?>> ALL = List.of(VOLUME, FILE, REPLICA, LEASE, DIRECTORY);

  private EntityTypes() {}

  /** Empty for what runs on every node. */
  static Optional<Role> roleOf(EntityTypeKey<?> type) {
    if (type.equals(VOLUME) || type.equals(FILE)) {
      return Optional.of(Role.MRC);
    } else if (type.equals(REPLICA)) {
      return Optional.of(Role.OSD);
    } else if (type.equals(DIRECTORY)) {
      return Optional.of(Role.DIR);
    }
    return Optional.empty();
  }
}
