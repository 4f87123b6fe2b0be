package io.troupe.actors.volume;

import io.troupe.actors.ask.Refusable;
import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.VolumeUsage;
import io.troupe.actors.session.SessionEvent;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What a Volume entity, the single writer of one partition's namespace, is asked. An acknowledged
 * change is durable, as {@link MetadataDurability} has it; a failed one changed nothing. Errors are
 * those of the system call of the same name, see section 2 of the manual. Permissions are the
 * caller's to check (the kernel does with {@code default_permissions}).
 */
public sealed interface VolumeCommand {

  /** What is answered, in the end. */
  sealed interface Asked extends VolumeCommand, Refusable {}

  // ---- life of a volume

  /**
   * Makes the root directory of a new volume. Repeated on an existing one it changes nothing; EBUSY
   * on one that is being removed.
   */
  record Initialize(VolumePolicy policy, ActorRef<Result<Done>> replyTo) implements Asked {}

  /**
   * Removes everything in the volume, content included; done once nothing of it is left to remove.
   */
  record Destroy(ActorRef<Result<Done>> replyTo) implements Asked {}

  // ---- reads

  /** Names "." and ".." are understood. */
  record Lookup(long parent, Name name, ActorRef<Result<Attributes>> replyTo) implements Asked {}

  record GetAttributes(long inode, ActorRef<Result<Attributes>> replyTo) implements Asked {}

  /** Attributes with the xloc set of a regular file. */
  record Describe(long inode, ActorRef<Result<FileDescription>> replyTo) implements Asked {}

  /**
   * @param afterCookie 0 from the start, else the cookie of the last entry seen
   * @param maxEntries 1..4096
   */
  record ReadDirectory(
      long inode, long afterCookie, int maxEntries, ActorRef<Result<DirectoryPage>> replyTo)
      implements Asked {}

  record ReadLink(long inode, ActorRef<Result<byte[]>> replyTo) implements Asked {}

  record GetXattr(long inode, Name name, ActorRef<Result<byte[]>> replyTo) implements Asked {}

  record ListXattrs(long inode, ActorRef<Result<List<Name>>> replyTo) implements Asked {}

  record GetUsage(ActorRef<Result<VolumeUsage>> replyTo) implements Asked {}

  // ---- open files

  /**
   * Opens a regular file: as {@link Describe}, and the session is counted as having it open. What
   * needs more than that, a truncate under way or a file without a name, the File entity answers.
   */
  record OpenFile(
      long inode, ActorRef<SessionEvent> session, ActorRef<Result<FileDescription>> replyTo)
      implements Repeatable {}

  /**
   * Takes opens of the session back, one for each time that an inode is named. They may come late,
   * which delays the end of files without a name.
   */
  record CloseFiles(
      List<Long> inodes, ActorRef<SessionEvent> session, ActorRef<Result<Done>> replyTo)
      implements Asked {
    public CloseFiles {
      inodes = List.copyOf(inodes);
    }
  }

  /**
   * Which begin of the Volume answers. Who has what open it has in memory: a session that sees
   * another incarnation than before tells anew, by {@link Reopen}.
   */
  record GetIncarnation(ActorRef<Result<Incarnation>> replyTo) implements Asked {}

  /**
   * What the session has open, as far as it fits: each inode counts at least so often as is told
   * here. ESTALE where the Volume has begun anew since.
   *
   * @param round larger with each that the session tells; one that comes behind a larger one is too
   *     old to count
   * @param files at most {@link #MAX_REOPENED}; an inode whose close is under way is told later
   */
  record Reopen(
      Incarnation incarnation,
      long round,
      ActorRef<SessionEvent> session,
      List<OpenCount> files,
      ActorRef<Result<Done>> replyTo)
      implements Asked {
    public Reopen {
      files = List.copyOf(files);
    }
  }

  /** More go with the next {@link Reopen}. */
  int MAX_REOPENED = 1_000;

  // ---- changes

  /** What a client may ask for again, when no answer came. */
  sealed interface Repeatable extends Asked {}

  /** What clients change in the namespace. */
  sealed interface Change extends Repeatable {}

  /**
   * Is carried out once, however often it is asked for: later attempts get the answer of the first.
   * EAGAIN says that it may or may not have been carried out; then it is to be asked for again.
   */
  record Once(OperationId id, Repeatable command) implements Asked {
    @Override
    public ActorRef<? extends Result<?>> replyTo() {
      return command.replyTo();
    }
  }

  /** The change is answered when it is on the disk, with all that was acknowledged before it. */
  record Durable(Change change) implements Repeatable {
    @Override
    public ActorRef<? extends Result<?>> replyTo() {
      return change.replyTo();
    }
  }

  /** Is answered when all that was acknowledged before it is on the disk. */
  record Sync(ActorRef<Result<Done>> replyTo) implements Asked {}

  /**
   * Creates a regular file, or opens the one that is there unless {@code exclusive}.
   *
   * @param opener counted as having the file open, as by {@link OpenFile}
   */
  record CreateFile(
      long parent,
      Name name,
      int mode,
      Caller caller,
      boolean exclusive,
      Optional<ActorRef<SessionEvent>> opener,
      ActorRef<Result<CreatedFile>> replyTo)
      implements Change {}

  /** Makes a file, FIFO, socket or device node, by the type bits of {@code mode}. */
  record MakeNode(
      long parent,
      Name name,
      int mode,
      int rdev,
      Caller caller,
      ActorRef<Result<Attributes>> replyTo)
      implements Change {}

  record MakeDirectory(
      long parent, Name name, int mode, Caller caller, ActorRef<Result<Attributes>> replyTo)
      implements Change {}

  /**
   * @param target 1..4095 bytes
   */
  record MakeSymlink(
      long parent, Name name, byte[] target, Caller caller, ActorRef<Result<Attributes>> replyTo)
      implements Change {}

  record Link(long inode, long newParent, Name newName, ActorRef<Result<Attributes>> replyTo)
      implements Change {}

  record Unlink(long parent, Name name, ActorRef<Result<Done>> replyTo) implements Change {}

  record RemoveDirectory(long parent, Name name, ActorRef<Result<Done>> replyTo)
      implements Change {}

  record Rename(
      long parent,
      Name name,
      long newParent,
      Name newName,
      RenameMode mode,
      ActorRef<Result<Done>> replyTo)
      implements Change {}

  record SetAttributes(long inode, AttributeChange change, ActorRef<Result<Attributes>> replyTo)
      implements Change {}

  /**
   * A client tells how far a file reaches that it has written to. Counts only with the file's
   * current truncate epoch and only where it is larger; the modification time, too, counts only
   * with that epoch, since the truncate came later.
   *
   * @param clearPrivileges the write took set-user-id and set-group-id away
   */
  record ReportSize(
      long inode,
      int truncateEpoch,
      long sizeBytes,
      FileTime mtime,
      boolean clearPrivileges,
      ActorRef<Result<Attributes>> replyTo)
      implements Change {}

  /**
   * Sets an extended attribute: ERANGE for a name of other than 1..255 bytes, E2BIG for a value of
   * more than 64 KiB, ENOSPC where the inode would have more than 256 of them or more than 256 KiB
   * of names and values.
   */
  record SetXattr(
      long inode, Name name, byte[] value, XattrMode mode, ActorRef<Result<Done>> replyTo)
      implements Change {}

  record RemoveXattr(long inode, Name name, ActorRef<Result<Done>> replyTo) implements Change {}

  // ---- from File entities

  /**
   * First half of a truncate, from the File entity: raises the truncate epoch, sets the size and
   * remembers that the OSDs have not cut their objects yet. EBUSY while they have not done so for
   * the truncate before: forgetting that one would let show again what it cut off.
   */
  record BeginTruncate(long inode, long sizeBytes, ActorRef<Result<FileDescription>> replyTo)
      implements Asked {}

  /** Second half: all OSDs have cut; the file is no longer marked. */
  record EndTruncate(long inode, int truncateEpoch, ActorRef<Result<Attributes>> replyTo)
      implements Asked {}

  /** The File entity of an unlinked file saw the last close: the inode and its objects may go. */
  record ReleaseOrphan(long inode, ActorRef<Result<Done>> replyTo) implements Asked {}

  /** Messages of the entity to itself; they never leave its node. */
  non-sealed interface Local extends VolumeCommand {}
}
