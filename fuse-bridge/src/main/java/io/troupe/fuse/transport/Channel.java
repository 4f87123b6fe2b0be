package io.troupe.fuse.transport;

import io.troupe.fuse.libc.CallState;
import java.io.IOException;

/**
 * One queue of requests. Replies go to the channel that the request came from. {@link #receive} is
 * for one thread at a time, {@link #send} for any number.
 */
public interface Channel extends AutoCloseable {
  /** The file system is unmounted, or its connection was aborted. */
  int END = -1;

  /**
   * Waits for the next request.
   *
   * @param capacity in bytes; must hold the largest request that was agreed on
   * @return its length, or {@link #END}
   * @throws IOException if the channel is out of order
   */
  int receive(long address, int capacity, CallState state) throws IOException;

  /**
   * Sends a whole reply.
   *
   * @return 0, or a negative error number: {@code -ENOENT} if nobody waits for the reply any more
   */
  int send(long address, int length, CallState state);

  @Override
  void close();
}
