package io.troupe.bench.stream;

import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.stream.ObjectRequest;
import io.troupe.actors.stream.ObjectStreamServer;
import io.troupe.actors.stream.StreamBuffer;
import io.troupe.actors.stream.StreamSettings;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;

/** The server of object streams without an OSD behind it: it answers on the thread that polls. */
final class ObjectServer implements AutoCloseable {
  private static final int WINDOW_BYTES = 6 << 20;
  private static final int MAX_BYTES = 1 << 20;
  private static final long INCARNATION = 1;

  private final StreamSettings settings;

  /** What reads get; of the polling thread. */
  private final MemorySegment content = Payload.allocate(MAX_BYTES);

  private final ObjectStreamServer server;

  private ObjectServer(StreamSettings settings) {
    this.settings = settings;
    this.server = ObjectStreamServer.start(settings, "127.0.0.1", this::serve);
  }

  /** With the settings that application.conf has. */
  static ObjectServer start(Path shared) {
    return new ObjectServer(
        new StreamSettings(
            shared,
            WINDOW_BYTES,
            64,
            4096,
            Duration.ofSeconds(5),
            Duration.ofSeconds(3),
            Duration.ofSeconds(3),
            Duration.ofSeconds(2),
            1024));
  }

  StreamSettings settings() {
    return settings;
  }

  StreamEndpoint endpoint() {
    return server.endpoint();
  }

  private void serve(ObjectRequest r, StreamBuffer payload, ObjectStreamServer.Responder answer) {
    switch (r.kind()) {
      case WRITE -> {
        boolean right = Payload.isStamped(payload.segment(), r.object());
        payload.close();
        if (right) {
          answer.ok(MemorySegment.NULL, INCARNATION);
        } else {
          answer.failed(Errno.EIO, "payload " + r.object() + " holds something else");
        }
      }
      case READ -> {
        payload.close();
        MemorySegment part = content.asSlice(0, r.lengthBytes());
        Payload.stamp(part, r.object());
        answer.ok(part, INCARNATION);
      }
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
