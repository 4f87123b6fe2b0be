package io.troupe.bench.stream;

import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.errors.Result;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.stream.ObjectRequest;
import io.troupe.actors.stream.ObjectStreamClient;
import io.troupe.actors.stream.Transfer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A client of the object stream. */
final class ObjectPair implements Exchange, AutoCloseable {
  private static final FileId FILE = new FileId(new VolumeId(new UUID(1, 2)), 77);
  private static final long WAIT_SECONDS = 10;

  private record Sent(
      Kind kind, MemorySegment payload, long number, Future<Result<Transfer>> done) {}

  private final StreamEndpoint endpoint;
  private final ObjectStreamClient client;
  private final MemorySegment[] buffers = new MemorySegment[WINDOW];
  private final Deque<Sent> underWay = new ArrayDeque<>();

  private ObjectPair(StreamEndpoint endpoint, ObjectServer server) {
    this.endpoint = endpoint;
    this.client = ObjectStreamClient.start(server.settings());
    for (int i = 0; i < WINDOW; i++) {
      buffers[i] = Payload.allocate(1 << 20);
    }
  }

  static ObjectPair overIpc(ObjectServer server) {
    return new ObjectPair(server.endpoint(), server);
  }

  /** Takes the server for one of another host. */
  static ObjectPair overUdp(ObjectServer server) {
    StreamEndpoint e = server.endpoint();
    return new ObjectPair(
        new StreamEndpoint("not-" + e.hostId(), e.driverDirectory(), e.udp()), server);
  }

  @Override
  public void send(Kind kind, int bytes, long number) {
    MemorySegment payload = buffers[(int) (number % WINDOW)].asSlice(0, bytes);
    ObjectRequest.Kind what =
        kind == Kind.WRITE ? ObjectRequest.Kind.WRITE : ObjectRequest.Kind.READ;
    ObjectRequest request = new ObjectRequest(what, FILE, number, 0, bytes, 0, 0);
    Future<Result<Transfer>> done =
        switch (kind) {
          case WRITE -> {
            Payload.stamp(payload, number);
            yield client.write(endpoint, request, payload).toCompletableFuture();
          }
          case READ -> {
            Payload.stamp(payload, -1);
            yield client.read(endpoint, request, payload).toCompletableFuture();
          }
        };
    underWay.add(new Sent(kind, payload, number, done));
  }

  @Override
  public void receive() throws Exception {
    Sent sent = underWay.remove();
    var unused = sent.done().get(WAIT_SECONDS, TimeUnit.SECONDS).orThrow();
    if (sent.kind() == Kind.READ) {
      Payload.check(sent.payload(), sent.number());
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
