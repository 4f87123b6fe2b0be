package io.troupe.actors.stream;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/** One request of a client, waiting for its reply. */
final class Pending {
  private final ObjectRequest request;
  private final MemorySegment payload;
  private final MemorySegment destination;
  private final CompletableFuture<Result<Transfer>> done = new CompletableFuture<>();
  long deadlineNanos;

  Pending(ObjectRequest request, MemorySegment payload, MemorySegment destination) {
    this.request = request;
    this.payload = payload;
    this.destination = destination;
    Frame.checkRange(request.object(), request.offsetInObject(), request.lengthBytes());
    if (request.kind() == ObjectRequest.Kind.WRITE
        ? payload.byteSize() != request.lengthBytes()
        : destination.byteSize() != request.lengthBytes()) {
      throw new IllegalArgumentException(
          "a request of " + request.lengthBytes() + " bytes with memory of another size");
    }
  }

  ObjectRequest request() {
    return request;
  }

  MemorySegment payload() {
    return payload;
  }

  MemorySegment destination() {
    return destination;
  }

  CompletableFuture<Result<Transfer>> done() {
    return done;
  }

  int bytes() {
    return request.lengthBytes();
  }

  void fail(Errno errno, String detail) {
    done.complete(Result.failed(errno, detail));
  }
}
