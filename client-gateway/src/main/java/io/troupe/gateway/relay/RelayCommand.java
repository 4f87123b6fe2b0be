package io.troupe.gateway.relay;

import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.serialization.KryoSerializable;
import io.troupe.actors.volume.VolumeCommand;

/**
 * What the gateway actor passes on; answers go straight to the {@code replyTo} of what is inside.
 */
public sealed interface RelayCommand extends KryoSerializable {
  /** To a Volume entity. */
  record ToVolume(PartitionId partition, VolumeCommand command) implements RelayCommand {}

  /** To a File entity. */
  record ToFile(FileId file, FileCommand command) implements RelayCommand {}

  /** To a Replica entity. */
  record ToReplica(OsdId osd, FileId file, ReplicaCommand command) implements RelayCommand {}

  /** To the DIR. */
  record ToDirectory(DirectoryCommand command) implements RelayCommand {}
}
