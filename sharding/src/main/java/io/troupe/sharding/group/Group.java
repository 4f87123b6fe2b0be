package io.troupe.sharding.group;

import io.troupe.actors.id.Epoch;
import io.troupe.actors.id.NodeId;
import io.troupe.lsm.WriteBatch;
import io.troupe.lsm.group.GroupId;
import io.troupe.lsm.group.ProposalException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;

/** This node's member of a group. Thread-safe. */
public final class Group {
  private final GroupId id;
  private volatile Mastership mastership = Mastership.NONE;
  private final ActorRef<GroupCommand> member;

  Group(GroupId id, ActorRef<GroupCommand> member) {
    this.id = id;
    this.member = member;
  }

  public GroupId id() {
    return id;
  }

  /** As it was a moment ago; what counts is whether it is valid by the clock. */
  public Mastership mastership() {
    return mastership;
  }

  void mastership(Mastership now) {
    mastership = now;
  }

  /**
   * Replicates a batch of changes; done when a majority has it on disk and this node's store shows
   * it. Fails with a {@link ProposalException}, whose kind says whether it may have been done, and
   * with an {@link IllegalArgumentException} where the batch holds what the group does not own.
   *
   * @param epoch under which this member served when that was read on which the batch rests; it is
   *     refused under any other
   */
  public CompletionStage<Long> propose(WriteBatch batch, Epoch epoch) {
    CompletableFuture<Long> done = new CompletableFuture<>();
    member.tell(new GroupCommand.Propose(batch, epoch, done));
    return done;
  }

  /** Hands the mastership over as soon as that member has everything. */
  public void moveTo(NodeId node) {
    member.tell(new GroupCommand.MoveTo(node));
  }

  /**
   * Stops to serve: whatever is proposed from now on is refused until some member, perhaps this
   * one, serves under a new epoch.
   */
  public void stepDown() {
    member.tell(new GroupCommand.StepDown());
  }

  /** How far the group's log is applied here. */
  public CompletionStage<Long> applied() {
    CompletableFuture<Long> answer = new CompletableFuture<>();
    member.tell(new GroupCommand.AskApplied(answer));
    return answer;
  }
}
