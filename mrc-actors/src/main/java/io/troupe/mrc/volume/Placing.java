package io.troupe.mrc.volume;

import io.troupe.actors.directory.Role;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.mrc.namespace.NamespaceChange;
import io.troupe.mrc.namespace.Records;
import io.troupe.mrc.placement.PlacementPolicy;
import io.troupe.mrc.placement.PlacementPolicy.Candidate;
import io.troupe.sharding.Registry;
import java.util.List;
import java.util.function.LongFunction;

/** The OSDs of a batch's new files, by what the registry says now. */
record Placing(PartitionId partition, Records records, Registry registry, PlacementPolicy policy)
    implements LongFunction<Result<XLocSet>> {
  @Override
  public Result<XLocSet> apply(long inode) {
    List<Candidate> online =
        registry.view().online(Role.OSD).stream()
            .map(s -> new Candidate(OsdId.of(s.record().node()), s.record().freeBytes()))
            .toList();
    return policy.place(NamespaceChange.striping(partition, records), online, inode);
  }
}
