package io.troupe.bench.stream;

import io.troupe.bench.report.WrongResult;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The peer: a connection of the loopback device and a thread at its other end, both blocking, which
 * is the shortest way there is for one request at a time.
 *
 * <pre>
 *   request  | kind: 0 read, 1 write (u32) | length (u32) | number (u64) | payload of a write |
 *   answer   | number, -1 for a wrong payload (u64) | payload of a read |
 * </pre>
 */
final class TcpPair implements Exchange, AutoCloseable {
  private static final int READS = 0;
  private static final int WRITES = 1;
  private static final int HEADER = 16;
  private static final int ANSWER = 8;
  private static final int MAX_BYTES = 1 << 20;

  private record Sent(Kind kind, int bytes, long number) {}

  private final SocketChannel channel;
  private final Thread server;
  private final ByteBuffer header = ByteBuffer.allocateDirect(HEADER);
  private final ByteBuffer answer = ByteBuffer.allocateDirect(ANSWER);
  private final MemorySegment payload = Payload.allocate(MAX_BYTES);
  private final Deque<Sent> underWay = new ArrayDeque<>();

  private TcpPair(SocketChannel channel, Thread server) {
    this.channel = channel;
    this.server = server;
  }

  static TcpPair open() throws IOException {
    try (ServerSocketChannel listening = ServerSocketChannel.open()) {
      listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      SocketChannel here = SocketChannel.open(listening.getLocalAddress());
      SocketChannel there = listening.accept();
      here.setOption(StandardSocketOptions.TCP_NODELAY, true);
      there.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Thread server = Thread.ofPlatform().name("tcp-server").daemon().start(() -> serve(there));
      return new TcpPair(here, server);
    }
  }

  private static void serve(SocketChannel channel) {
    ByteBuffer header = ByteBuffer.allocateDirect(HEADER);
    ByteBuffer answer = ByteBuffer.allocateDirect(ANSWER);
    MemorySegment content = Payload.allocate(MAX_BYTES);
    try (channel) {
      while (true) {
        fill(channel, header.clear());
        Kind kind = header.getInt(0) == WRITES ? Kind.WRITE : Kind.READ;
        MemorySegment part = content.asSlice(0, header.getInt(4));
        long number = header.getLong(8);
        if (kind == Kind.WRITE) {
          fill(channel, part.asByteBuffer());
          long said = Payload.isStamped(part, number) ? number : -1;
          drain(channel, answer.clear().putLong(said).flip());
        } else {
          Payload.stamp(part, number);
          drain(channel, answer.clear().putLong(number).flip(), part.asByteBuffer());
        }
      }
    } catch (IOException e) {
      // The client has closed; one that still waits for an answer finds the end of the stream.
    }
  }

  @Override
  public void send(Kind kind, int bytes, long number) throws IOException {
    header.clear().putInt(kind == Kind.WRITE ? WRITES : READS).putInt(bytes).putLong(number).flip();
    if (kind == Kind.WRITE) {
      MemorySegment part = payload.asSlice(0, bytes);
      Payload.stamp(part, number);
      drain(channel, header, part.asByteBuffer());
    } else {
      drain(channel, header);
    }
    underWay.add(new Sent(kind, bytes, number));
  }

  @Override
  public void receive() throws IOException {
    Sent sent = underWay.remove();
    fill(channel, answer.clear());
    WrongResult.unless(answer.getLong(0) == sent.number(), "the answer is another request's");
    if (sent.kind() == Kind.READ) {
      MemorySegment part = payload.asSlice(0, sent.bytes());
      fill(channel, part.asByteBuffer());
      Payload.check(part, sent.number());
    }
  }

  private static void fill(SocketChannel from, ByteBuffer into) throws IOException {
    while (into.hasRemaining()) {
      if (from.read(into) < 0) {
        throw new EOFException("the other end has closed");
      }
    }
  }

  private static void drain(SocketChannel to, ByteBuffer... from) throws IOException {
    while (from[from.length - 1].hasRemaining()) {
      long unused = to.write(from);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    try {
      server.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
