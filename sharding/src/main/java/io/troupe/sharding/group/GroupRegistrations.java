package io.troupe.sharding.group;

import io.troupe.actors.serialization.KryoRegistrations;
import io.troupe.lsm.group.GroupId;
import io.troupe.lsm.group.GroupMessage;
import io.troupe.lsm.replicated.LogEntry;
import io.troupe.lsm.replicated.LogMessage;
import io.troupe.lsm.replicated.MemberId;
import io.troupe.lsm.replicated.Membership;
import io.troupe.lsm.replicated.Position;

/** Kryo numbers 440–469. */
public final class GroupRegistrations implements KryoRegistrations {
  @Override
  public void register(Registrar registrar) {
    registrar.addAll(
        440,
        GroupsCommand.Envelope.class,
        GroupId.class,
        MemberId.class,
        Membership.class,
        Position.class,
        LogEntry.class,
        LogEntry.Batch.class,
        LogEntry.Barrier.class,
        LogEntry.Members.class);
    registrar.addAll(
        450,
        GroupMessage.OfLog.class,
        GroupMessage.Offer.class,
        GroupMessage.Pull.class,
        GroupMessage.Chunk.class,
        GroupMessage.Close.class,
        LogMessage.Prepare.class,
        LogMessage.Promised.class,
        LogMessage.Refused.class,
        LogMessage.Fetch.class,
        LogMessage.Fetched.class,
        LogMessage.Append.class,
        LogMessage.Appended.class,
        LogMessage.Mismatch.class);
    registrar.addAll(463, GroupsCommand.WhoServes.class, GroupsCommand.Serves.class);
  }
}
