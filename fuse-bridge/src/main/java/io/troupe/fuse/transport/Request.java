package io.troupe.fuse.transport;

import io.troupe.actors.carry.CarryingThread;
import io.troupe.actors.carry.Errand;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.FsException;
import io.troupe.actors.errors.Result;
import io.troupe.fuse.libc.CallState;
import io.troupe.fuse.libc.Pages;
import io.troupe.fuse.protocol.InvalInodeOut;
import io.troupe.fuse.protocol.Opcode;
import io.troupe.fuse.protocol.ReplyHeader;
import io.troupe.fuse.protocol.RequestHeader;
import io.troupe.fuse.protocol.WriteIn;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request, its memory, and the way its reply takes; used again and again.
 *
 * <pre>
 *   0                4016                4080           4096
 *   | errno of calls | request header    …            | payload of WRITE, 1 MiB |
 *                                        | reply header | body of the reply       |
 * </pre>
 *
 * Requests are read to such a place that the payload of a WRITE starts a page, and replies lie so
 * that the payload of a READ does: the kernel then moves whole pages. The reply lies over the
 * request, so whatever an operation needs of the request it takes out before it writes or hands out
 * the reply's body. (The payload of a WRITE is complete by then, since it is answered after it was
 * stored.)
 *
 * <p>Ownership: the reader fills it and calls the handler. If the handler replies itself, the
 * reader goes on with the same memory. If it calls {@link #answer}, the stage's thread replies, and
 * of reader and stage the one that is through last gives the memory back. Allocates nothing but
 * what stages need.
 */
public final class Request {
  /** The largest payload of a READ or WRITE. */
  public static final int MAX_PAYLOAD_BYTES = 1 << 20;

  /** Where the body of a reply is written. */
  public static final int REPLY_BODY = Pages.PAGE_BYTES;

  static final int MEMORY_BYTES = Pages.PAGE_BYTES + MAX_PAYLOAD_BYTES;

  private static final int START = REPLY_BODY - RequestHeader.BYTES - WriteIn.BYTES;
  private static final int REPLY = REPLY_BODY - ReplyHeader.BYTES;

  /** Header and payload: what most small files are written with, in one. */
  private static final int MAX_CARRIED_WRITE = 128 << 10;

  private static final int ENOENT = 2;
  private static final int ENODEV = 19;
  private static final int ENOTCONN = 107;

  private static final int WITH_READER = 0;
  private static final int READER_LEFT = 1;
  private static final int ANSWERED = 2;

  private static final Logger LOG = LoggerFactory.getLogger(Request.class);

  private final RequestPool pool;
  private final MemorySegment memory;
  private final CallState state;
  private final AtomicInteger phase = new AtomicInteger(WITH_READER);

  private @Nullable Channel channel;
  private int length;
  private int opcode;
  private long unique;
  private long nodeId;
  private boolean replied;
  private boolean handedOver;

  Request(RequestPool pool, MemorySegment memory) {
    this.pool = pool;
    this.memory = memory;
    this.state = CallState.in(memory);
  }

  // ---- the request

  public int opcode() {
    return opcode;
  }

  public long nodeId() {
    return nodeId;
  }

  public int uid() {
    return RequestHeader.uid(memory, START);
  }

  public int gid() {
    return RequestHeader.gid(memory, START);
  }

  /** Where {@link #body()} and {@link #REPLY_BODY} point into. */
  public MemorySegment memory() {
    return memory;
  }

  /** Offset behind the request's header. */
  public long body() {
    return START + RequestHeader.BYTES;
  }

  /** Offset behind the request's last byte. */
  public long end() {
    return (long) START + length;
  }

  // ---- the reply

  /**
   * Success, with so many bytes at {@link #REPLY_BODY}.
   *
   * @return false if nobody waits for it any more, so that what it hands out is not in use
   */
  public boolean reply(int bodyBytes) {
    return transmit(0, bodyBytes);
  }

  /** Success without a body. */
  public void replyDone() {
    transmit(0, 0);
  }

  public void fail(Errno errno) {
    transmit(-errno.code(), 0);
  }

  /**
   * Tells the kernel, ahead of the reply, that it must ask for an inode's attributes. Only for
   * inodes that the kernel holds for this request: it would wait for one that is on its way out.
   */
  public void invalidateAttributes(long inode) {
    Channel c = channel;
    if (c != null) {
      int bytes = ReplyHeader.BYTES + InvalInodeOut.BYTES;
      ReplyHeader.write(memory, REPLY, bytes, InvalInodeOut.CODE, 0);
      InvalInodeOut.writeAttributesOnly(memory, REPLY_BODY, inode);
      int unused = c.send(memory.address() + REPLY, bytes, state);
    }
  }

  /** The kernel waits for no reply to this one. */
  public void noReply() {
    replied = true;
  }

  /**
   * Replies when the stage completes: with the answer to its value, or with its failure. The last
   * thing that a handler does with the request.
   */
  public <T> void answer(CompletionStage<Result<T>> stage, Answer<? super T> answer) {
    // Saves the dependent stage where the value is there at once.
    if (stage instanceof CompletableFuture<Result<T>> future
        && future.isDone()
        && !future.isCompletedExceptionally()) {
      finish(future.resultNow(), answer);
      return;
    }
    CompletionStage<Result<T>> unused =
        stage.whenComplete(
            (result, failure) -> {
              try {
                if (failure != null) {
                  crash(failure);
                } else {
                  finish(result, answer);
                }
              } finally {
                if (phase.getAndSet(ANSWERED) == READER_LEFT) {
                  pool.give(this);
                }
              }
            });
    handedOver = true;
  }

  private <T> void finish(Result<T> result, Answer<? super T> answer) {
    try {
      switch (result) {
        case Result.Ok<T>(T value) -> answer.send(this, value);
        case Result.Failed<T>(Errno errno, String detail) -> {
          if (LOG.isDebugEnabled()) {
            LOG.debug("opcode={} inode={} errno={} detail={}", opcode, nodeId, errno, detail);
          }
          fail(errno);
        }
      }
    } catch (Throwable t) {
      crash(t);
    }
  }

  /**
   * A failure that came as an exception gets its error number; what nobody expected one line in the
   * log and EIO.
   */
  private void crash(Throwable t) {
    Throwable cause = t instanceof CompletionException && t.getCause() != null ? t.getCause() : t;
    if (cause instanceof FsException e && !replied) {
      fail(e.errno());
      return;
    }
    // One line: whatever it is may happen to every request of a busy mount.
    LOG.error("request failed: opcode={} inode={} cause={}", opcode, nodeId, cause.toString());
    LOG.debug("request failed", cause);
    if (!replied) {
      fail(Errno.EIO);
    }
  }

  private boolean transmit(int error, int bodyBytes) {
    if (replied) {
      throw new IllegalStateException("second reply to a request");
    }
    replied = true;
    Channel c = channel;
    if (c == null) {
      throw new IllegalStateException("no request to reply to");
    }
    int bytes = ReplyHeader.BYTES + bodyBytes;
    ReplyHeader.write(memory, REPLY, bytes, error, unique);
    int r = c.send(memory.address() + REPLY, bytes, state);
    if (r < 0 && r != -ENOENT && r != -ENODEV && r != -ENOTCONN) {
      LOG.error("reply refused: opcode={} inode={} bytes={} errno={}", opcode, nodeId, bytes, -r);
    }
    return r == 0;
  }

  // ---- the reader's side

  /** Waits for a request; false at the end of the channel. */
  boolean receive(Channel from) throws IOException {
    channel = from;
    int n = from.receive(memory.address() + START, MEMORY_BYTES - START, state);
    if (n == Channel.END) {
      return false;
    }
    if (n < RequestHeader.BYTES || RequestHeader.length(memory, START) != n) {
      throw new IOException(
          "the kernel sent a request of " + n + " bytes with another length in it");
    }
    length = n;
    opcode = RequestHeader.opcode(memory, START);
    unique = RequestHeader.unique(memory, START);
    nodeId = RequestHeader.nodeId(memory, START);
    replied = false;
    handedOver = false;
    phase.setPlain(WITH_READER);
    return true;
  }

  /**
   * Whether the reader carries it until it is answered. What has to be synced on OSDs is carried
   * for close, where that saves a third of the processor time of an untar, and not for fsync, where
   * it was a tenth slower. A large write keeps a reader for longer than it takes to wake others.
   */
  private boolean isCarried() {
    return switch (opcode) {
      case Opcode.FSYNC -> false;
      case Opcode.WRITE -> length <= MAX_CARRIED_WRITE;
      default -> true;
    };
  }

  private record Carried(Request request, Handler handler) implements Errand {
    @Override
    public void begin() {
      handler.handle(request);
    }

    @Override
    public boolean isDone() {
      return !request.handedOver || request.phase.get() == ANSWERED;
    }
  }

  /** Has it served; true if the memory is free for the next request of this reader. */
  boolean serve(Handler handler) {
    try {
      if (isCarried() && Thread.currentThread() instanceof CarryingThread thread) {
        thread.carry(new Carried(this, handler));
      } else {
        handler.handle(this);
      }
    } catch (Throwable t) {
      if (handedOver) {
        LOG.error("handler went on with a request that it had handed over", t);
      } else {
        crash(t);
      }
    }
    if (handedOver) {
      return phase.getAndSet(READER_LEFT) == ANSWERED;
    }
    if (!replied) {
      crash(new IllegalStateException("handler did not reply"));
    }
    return true;
  }
}
