package io.troupe.lsm.replicated;

/**
 * An entry of the log. Epoch and index name it: there is at most one entry with both.
 *
 * @param epoch of the master that wrote it
 * @param index from 1 on, without a gap
 */
public record LogEntry(long epoch, long index, Content content) {

  /** What an entry holds. */
  public sealed interface Content permits Batch, Barrier, Members {}

  /** A batch of the application; the log does not look into it. */
  public record Batch(byte[] bytes) implements Content {}

  /** The first entry of a master: once it is committed, everything before it is. */
  public record Barrier() implements Content {}

  /** Who votes from this entry on, as soon as it is in a log. */
  public record Members(Membership membership) implements Content {}

  Position position() {
    return new Position(epoch, index);
  }
}
