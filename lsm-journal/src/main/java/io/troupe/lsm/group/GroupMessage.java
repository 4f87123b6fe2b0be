package io.troupe.lsm.group;

import io.troupe.lsm.replicated.LogMessage;
import io.troupe.lsm.replicated.Membership;
import io.troupe.lsm.replicated.Position;

/**
 * What members of a group send each other. Any of them may be lost, doubled, late or out of order.
 * None is larger than {@link GroupSettings#MAX_MESSAGE_BYTES} and a little.
 */
public sealed interface GroupMessage {

  /** Of the log. */
  record OfLog(LogMessage message) implements GroupMessage {}

  /**
   * A snapshot could be sent: the receiver lacks entries that are dropped.
   *
   * @param transfer names the transfer; never used again
   * @param bytes of all keys and values
   */
  record Offer(long transfer, Position position, Membership membership, long bytes)
      implements GroupMessage {}

  /**
   * Asks for chunks.
   *
   * @param next the first one that the receiver lacks; those before it are on its disk
   * @param again whether they are asked for because none came
   */
  record Pull(long transfer, long next, boolean again) implements GroupMessage {}

  /**
   * A part of a snapshot.
   *
   * @param number from 0 on
   * @param last whether there are no more
   */
  record Chunk(long transfer, long number, byte[] bytes, boolean last) implements GroupMessage {}

  /** The sender of this does not know the transfer, or is done with it. */
  record Close(long transfer) implements GroupMessage {}
}
