package io.troupe.gateway.io;

import io.troupe.actors.errors.Result;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.stream.ObjectRequest;
import io.troupe.actors.stream.Transfer;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletionStage;

/** Carries one request to an OSD. Thread-safe; failures are values. */
public interface ObjectIo {
  /**
   * Reads into the memory or writes it, by the request's kind.
   *
   * @param memory of the request's length; belongs to the call until the stage completes
   */
  CompletionStage<Result<Transfer>> transfer(
      OsdId osd, ObjectRequest request, MemorySegment memory);
}
