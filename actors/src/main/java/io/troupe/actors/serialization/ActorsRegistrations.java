package io.troupe.actors.serialization;

import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.directory.Role;
import io.troupe.actors.directory.ServiceRecord;
import io.troupe.actors.directory.ServiceStatus;
import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.directory.ViewVersion;
import io.troupe.actors.directory.VolumeRecord;
import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.DirectoryEntry;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.fs.VolumeUsage;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.CellId;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.lease.Ballot;
import io.troupe.actors.lease.CellView;
import io.troupe.actors.lease.Lease;
import io.troupe.actors.lease.LeaseBatch;
import io.troupe.actors.lease.LeaseCommand;
import io.troupe.actors.lease.LeaseMessage;
import io.troupe.actors.lease.LeaseReply;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.replica.ReplicaDescription;
import io.troupe.actors.replica.Synced;
import io.troupe.actors.session.SessionEvent;
import io.troupe.actors.volume.AttributeChange;
import io.troupe.actors.volume.CreatedFile;
import io.troupe.actors.volume.DirectoryPage;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.Incarnation;
import io.troupe.actors.volume.OpenCount;
import io.troupe.actors.volume.OperationId;
import io.troupe.actors.volume.PendingCut;
import io.troupe.actors.volume.RenameMode;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.actors.volume.VolumePolicy;
import io.troupe.actors.volume.XattrMode;

/** The vocabulary's own classes. New ones go behind the last of their group. */
public final class ActorsRegistrations implements KryoRegistrations {
  @Override
  public void register(Registrar r) {
    r.addAll(
        101,
        Done.class,
        Errno.class,
        Result.Ok.class,
        Result.Failed.class,
        NodeId.class,
        OsdId.class,
        VolumeId.class,
        PartitionId.class,
        FileId.class,
        CellId.class,
        Epoch.class);
    r.addAll(
        120,
        Attributes.class,
        Caller.class,
        DirectoryEntry.class,
        FileTime.class,
        ReplicaLocation.class,
        StripingPolicy.class,
        VolumeUsage.class,
        XLocSet.class);
    r.addAll(
        140,
        AttributeChange.class,
        CreatedFile.class,
        DirectoryPage.class,
        FileDescription.class,
        RenameMode.class,
        VolumePolicy.class,
        XattrMode.class,
        ReplicaDescription.class,
        PendingCut.class,
        Synced.class);
    r.addAll(
        150,
        VolumeCommand.Initialize.class,
        VolumeCommand.Destroy.class,
        VolumeCommand.Lookup.class,
        VolumeCommand.GetAttributes.class,
        VolumeCommand.Describe.class,
        VolumeCommand.ReadDirectory.class,
        VolumeCommand.ReadLink.class,
        VolumeCommand.GetXattr.class,
        VolumeCommand.ListXattrs.class,
        VolumeCommand.GetUsage.class,
        VolumeCommand.CreateFile.class,
        VolumeCommand.MakeNode.class,
        VolumeCommand.MakeDirectory.class,
        VolumeCommand.MakeSymlink.class,
        VolumeCommand.Link.class,
        VolumeCommand.Unlink.class,
        VolumeCommand.RemoveDirectory.class,
        VolumeCommand.Rename.class,
        VolumeCommand.SetAttributes.class,
        VolumeCommand.ReportSize.class,
        VolumeCommand.SetXattr.class,
        VolumeCommand.RemoveXattr.class,
        VolumeCommand.BeginTruncate.class,
        VolumeCommand.EndTruncate.class,
        VolumeCommand.ReleaseOrphan.class,
        VolumeCommand.OpenFile.class);
    // 176 was one that is no more.
    r.addAll(177, VolumeCommand.CloseFiles.class, VolumeCommand.Once.class, OperationId.class);
    r.addAll(
        180,
        VolumeCommand.Durable.class,
        VolumeCommand.Sync.class,
        VolumeCommand.GetIncarnation.class,
        VolumeCommand.Reopen.class,
        Incarnation.class,
        OpenCount.class);
    r.addAll(
        200,
        FileCommand.Open.class,
        FileCommand.Close.class,
        FileCommand.Truncate.class,
        FileCommand.Opened.class,
        FileCommand.Unlinked.class,
        FileCommand.Reopened.class);
    r.addAll(
        220,
        ReplicaCommand.Sync.class,
        ReplicaCommand.Truncate.class,
        ReplicaCommand.Delete.class,
        ReplicaCommand.Describe.class);
    r.addAll(
        240,
        LeaseCommand.Acquire.class,
        LeaseCommand.Release.class,
        LeaseReply.Granted.class,
        LeaseReply.Refused.class,
        LeaseCommand.Hold.class,
        LeaseCommand.HandOver.class,
        LeaseCommand.Close.class,
        LeaseReply.Lost.class,
        LeaseReply.Wanted.class,
        LeaseReply.Closed.class,
        CellView.class,
        LeaseBatch.class);
    r.addAll(
        260,
        Role.class,
        StreamEndpoint.class,
        ServiceRecord.class,
        ServiceStatus.class,
        VolumeRecord.class,
        VolumeRecord.State.class,
        DirectoryView.class,
        DirectoryCommand.Heartbeat.class,
        DirectoryCommand.GetView.class,
        DirectoryCommand.CreateVolume.class,
        DirectoryCommand.RemoveVolume.class,
        ViewVersion.class);
    r.addAll(290, SessionEvent.FileGone.class);
    // In the numbers of the lease module, as far as they are free there.
    r.addAll(
        401,
        Ballot.class,
        Lease.class,
        LeaseMessage.Vote.class,
        LeaseMessage.Prepare.class,
        LeaseMessage.Promise.class,
        LeaseMessage.Accept.class,
        LeaseMessage.Renew.class,
        LeaseMessage.Accepted.class,
        LeaseMessage.Outbid.class,
        LeaseMessage.Held.class,
        LeaseMessage.Forgotten.class,
        LeaseMessage.WrongView.class,
        LeaseMessage.Learn.class,
        LeaseMessage.GivenBack.class);
  }
}
