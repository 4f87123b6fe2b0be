package io.troupe.fuse.transport;

import io.troupe.fuse.libc.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * The bounded number of requests that can be under way. The one given back last is taken first: its
 * memory is in the cache, and memory that no burst ever needed is never touched.
 */
public final class RequestPool implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final Request[] free;
  private int count;

  public RequestPool(int requests) {
    free = new Request[requests];
    MemorySegment memory = Pages.map((long) requests * Request.MEMORY_BYTES, arena);
    for (int i = 0; i < requests; i++) {
      free[i] =
          new Request(this, memory.asSlice((long) i * Request.MEMORY_BYTES, Request.MEMORY_BYTES));
    }
    count = requests;
  }

  /** Takes one, waits while there is none. Waiting ends since every request does. */
  synchronized Request take() throws InterruptedException {
    while (count == 0) {
      wait();
    }
    return free[--count];
  }

  synchronized void give(Request request) {
    free[count++] = request;
    // Readers and whoever waits for all of them wait for the same thing: one more.
    notifyAll();
  }

  /** Waits until all are back; false if that takes longer. */
  public synchronized boolean awaitAll(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (count < free.length) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(Math.max(1, left / 1_000_000));
    }
    return true;
  }

  /** Gives the memory back. All requests must be back, see {@link #awaitAll}. */
  @Override
  public void close() {
    synchronized (this) {
      if (count < free.length) {
        throw new IllegalStateException(free.length - count + " requests are under way");
      }
    }
    arena.close();
  }
}
