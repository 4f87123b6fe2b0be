package io.troupe.lsm.group;

import io.troupe.lsm.replicated.MemberId;
import java.util.Optional;

/** Where a member's messages and news go. Called on the member's thread; does not block. */
public interface Outlet {

  /** Sends a message, which may be lost. */
  void send(MemberId to, GroupMessage message);

  /**
   * The member is master and its state has everything that was ever committed: as long as it holds
   * the lease, reads of the group's ranges are current, and proposals are taken.
   */
  void serving(long epoch);

  /** Not any more. */
  void stoppedServing(long epoch);

  /** The lease is to be given up, for another member or for anybody. */
  void releaseLease(Optional<MemberId> to);

  /** The member cannot go on and does nothing any more: a new one has to be started. */
  void failed(Throwable why);
}
