package io.troupe.osd.replica;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.stream.ObjectRequest;
import java.lang.foreign.MemorySegment;

/**
 * An object request with its bytes, on its way from the object stream to the Replica. Exactly one
 * of the answers is called, once; the payload is valid until then.
 *
 * @param payload what is to be written; empty for reads
 */
public record ObjectTask(ObjectRequest request, MemorySegment payload, Answer answer)
    implements ReplicaCommand.Local {

  /** Takes the outcome; copies the bytes before it returns. May be called by any thread. */
  public interface Answer {
    /**
     * Success.
     *
     * @param incarnation of the replica, which a later sync has to have, too
     */
    void ok(MemorySegment bytes, long incarnation);

    void failed(Errno errno, String detail);
  }
}
