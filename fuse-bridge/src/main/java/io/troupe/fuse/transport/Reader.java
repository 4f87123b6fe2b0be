package io.troupe.fuse.transport;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of one reader thread. Ends with the channel. A platform thread runs it: the wait in
 * read(2) would pin a virtual thread's carrier.
 */
public final class Reader implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Reader.class);

  private final Channel channel;
  private final RequestPool pool;
  private final Handler handler;
  private volatile boolean stopping;

  public Reader(Channel channel, RequestPool pool, Handler handler) {
    this.channel = channel;
    this.pool = pool;
    this.handler = handler;
  }

  @Override
  public void run() {
    try {
      serveAll();
    } catch (IOException e) {
      LOG.error("reader ends", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serveAll() throws IOException, InterruptedException {
    Request request = pool.take();
    boolean mine = true;
    try {
      while (!stopping && request.receive(channel)) {
        mine = request.serve(handler);
        if (!mine) {
          request = pool.take();
          mine = true;
        }
      }
    } finally {
      if (mine) {
        pool.give(request);
      }
    }
  }

  /** Ends the loop after the next request. */
  public void stop() {
    stopping = true;
  }

  /**
   * Serves a single request on the calling thread; false if there is none to come. The handler must
   * reply at once.
   */
  public boolean serveOne() throws IOException, InterruptedException {
    Request request = pool.take();
    boolean mine = true;
    try {
      if (!request.receive(channel)) {
        return false;
      }
      mine = request.serve(handler);
      return true;
    } finally {
      if (mine) {
        pool.give(request);
      }
    }
  }
}
