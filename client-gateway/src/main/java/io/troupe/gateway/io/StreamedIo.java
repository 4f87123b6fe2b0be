package io.troupe.gateway.io;

import io.troupe.actors.directory.ServiceStatus;
import io.troupe.actors.directory.StreamEndpoint;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.stream.ObjectRequest;
import io.troupe.actors.stream.ObjectStreamClient;
import io.troupe.actors.stream.Transfer;
import io.troupe.gateway.ports.ClusterPort;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Over the object streams, to where the DIR's view says that an OSD listens. */
public record StreamedIo(ClusterPort cluster, ObjectStreamClient streams) implements ObjectIo {
  @Override
  public CompletionStage<Result<Transfer>> transfer(
      OsdId osd, ObjectRequest request, MemorySegment memory) {
    Optional<ServiceStatus> status = cluster.view().service(osd.node());
    Optional<StreamEndpoint> endpoint = status.flatMap(s -> s.record().stream());
    if (endpoint.isEmpty() || !status.get().online()) {
      return CompletableFuture.completedFuture(
          Result.failed(
              Errno.EIO, "OSD " + osd + (status.isEmpty() ? " is not registered" : " is offline")));
    }
    return request.kind() == ObjectRequest.Kind.READ
        ? streams.read(endpoint.get(), request, memory)
        : streams.write(endpoint.get(), request, memory);
  }
}
