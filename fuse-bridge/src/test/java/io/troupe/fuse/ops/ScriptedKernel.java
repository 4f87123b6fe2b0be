package io.troupe.fuse.ops;

import io.troupe.actors.carry.CarryingThread;
import io.troupe.fuse.libc.CallState;
import io.troupe.fuse.protocol.ReplyHeader;
import io.troupe.fuse.protocol.RequestHeader;
import io.troupe.fuse.transport.Channel;
import io.troupe.fuse.transport.Handler;
import io.troupe.fuse.transport.Reader;
import io.troupe.fuse.transport.RequestPool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Plays the kernel: sends requests through a channel in memory, collects what comes back. */
final class ScriptedKernel implements AutoCloseable {
  /** What came back. */
  record Reply(int error, long unique, MemorySegment body) {}

  private static final byte[] END = {};

  private final BlockingQueue<byte[]> requests = new LinkedBlockingQueue<>();
  private final BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
  private final RequestPool pool = new RequestPool(4);
  private final Thread thread;
  private volatile int sendResult;
  private long unique = 100;

  ScriptedKernel(Handler handler) {
    thread = new CarryingThread(new Reader(new Queues(), pool, handler), "reader");
    thread.start();
  }

  /** What sends answer from now on. */
  void answerSendsWith(int result) {
    sendResult = result;
  }

  /** Sends a request and takes the reply. */
  Reply ask(int opcode, long nodeId, Object... parts) {
    send(opcode, nodeId, parts);
    return reply();
  }

  void send(int opcode, long nodeId, Object... parts) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    ByteBuffer number = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
    for (Object part : parts) {
      switch (part) {
        case Integer i -> body.write(number.clear().putInt(i).array(), 0, 4);
        case Long l -> body.write(number.clear().putLong(l).array(), 0, 8);
        case String s -> body.writeBytes((s + "\0").getBytes(StandardCharsets.UTF_8));
        case byte[] b -> body.writeBytes(b);
        default -> throw new IllegalArgumentException(part.toString());
      }
    }
    MemorySegment m = MemorySegment.ofArray(new byte[RequestHeader.BYTES + body.size()]);
    RequestHeader.write(m, 0, (int) m.byteSize(), opcode, unique++, nodeId, 1000, 2000);
    MemorySegment.copy(
        body.toByteArray(), 0, m, ValueLayout.JAVA_BYTE, RequestHeader.BYTES, body.size());
    requests.add(m.toArray(ValueLayout.JAVA_BYTE));
  }

  Reply reply() {
    try {
      Reply r = replies.poll(10, TimeUnit.SECONDS);
      if (r == null) {
        throw new AssertionError("no reply within 10 s");
      }
      return r;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    requests.add(END);
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    if (thread.isAlive()) {
      throw new AssertionError("the reader does not end");
    }
    pool.close();
  }

  private final class Queues implements Channel {
    @Override
    @SuppressWarnings("restricted")
    public int receive(long address, int capacity, CallState state) throws IOException {
      try {
        byte[] request = requests.take();
        if (request.length == 0) {
          return Channel.END;
        }
        MemorySegment.copy(
            request,
            0,
            MemorySegment.ofAddress(address).reinterpret(capacity),
            ValueLayout.JAVA_BYTE,
            0,
            request.length);
        return request.length;
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    @SuppressWarnings("restricted")
    public int send(long address, int length, CallState state) {
      MemorySegment copy =
          MemorySegment.ofArray(
              MemorySegment.ofAddress(address).reinterpret(length).toArray(ValueLayout.JAVA_BYTE));
      replies.add(
          new Reply(
              ReplyHeader.error(copy, 0),
              ReplyHeader.unique(copy, 0),
              copy.asSlice(ReplyHeader.BYTES)));
      return sendResult;
    }

    @Override
    public void close() {}
  }
}
