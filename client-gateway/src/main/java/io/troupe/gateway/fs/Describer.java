package io.troupe.gateway.fs;

import io.troupe.actors.directory.ServiceStatus;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.replica.ReplicaDescription;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.gateway.ports.ClusterPort;
import io.troupe.gateway.ports.Mrc;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Puts together what {@code troupe info} prints of an inode. */
record Describer(ClusterPort cluster, Mrc mrc, VolumeId volume) {
  private static final int SHOWN_OBJECTS = 16;

  CompletionStage<Result<String>> describe(long inode) {
    CompletionStage<Result<FileDescription>> s =
        mrc.ask(PartitionId.ofInode(volume, inode), r -> new VolumeCommand.Describe(inode, r));
    return s.thenCompose(
        result ->
            switch (result) {
              case Result.Failed<FileDescription> f -> CompletableFuture.completedFuture(f.as());
              case Result.Ok<FileDescription>(FileDescription d) -> text(d);
            });
  }

  private CompletionStage<Result<String>> text(FileDescription d) {
    Attributes a = d.attributes();
    StringBuilder out = new StringBuilder();
    line(out, "inode", Long.toString(a.inode()));
    line(out, "type", a.type().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
    line(out, "size", a.sizeBytes() + " bytes");
    if (d.xlocs().isEmpty()) {
      return CompletableFuture.completedFuture(Result.ok(out.toString()));
    }
    XLocSet xlocs = d.xlocs().get();
    line(out, "epoch", a.truncateEpoch() + (d.truncatePending() ? " (truncate pending)" : ""));
    line(out, "view", Integer.toString(xlocs.version()));
    List<CompletableFuture<String>> parts = new ArrayList<>();
    int number = 0;
    for (ReplicaLocation replica : xlocs.replicas()) {
      String head =
          "replica %d  RAID0, object size %d bytes, width %d%n"
              .formatted(
                  number++, replica.striping().objectSizeBytes(), replica.striping().width());
      parts.add(CompletableFuture.completedFuture(head));
      for (OsdId osd : replica.osds()) {
        parts.add(osdLine(new FileId(volume, a.inode()), osd).toCompletableFuture());
      }
    }
    return CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            all -> {
              parts.forEach(p -> out.append(p.join()));
              return Result.ok(out.toString());
            });
  }

  private CompletionStage<String> osdLine(FileId file, OsdId osd) {
    String where =
        cluster.view().service(osd.node()).map(Describer::place).orElse("not registered");
    CompletionStage<Result<ReplicaDescription>> s =
        cluster.askReplica(osd, file, ReplicaCommand.Describe::new);
    return s.thenApply(
        result ->
            "  osd %s  %s  %s%n"
                .formatted(
                    osd,
                    where,
                    switch (result) {
                      case Result.Ok<ReplicaDescription>(ReplicaDescription r) -> objects(r);
                      case Result.Failed<ReplicaDescription> f -> f.detail();
                    }));
  }

  private static String place(ServiceStatus s) {
    return s.record().address() + (s.online() ? " online" : " offline");
  }

  private static String objects(ReplicaDescription r) {
    String shown =
        r.firstObjects().stream()
            .limit(SHOWN_OBJECTS)
            .map(String::valueOf)
            .collect(Collectors.joining(" "));
    return "%d objects, %d bytes allocated: %s%s"
        .formatted(r.objects(), r.allocatedBytes(), shown, r.objects() > SHOWN_OBJECTS ? " …" : "");
  }

  private static void line(StringBuilder out, String key, String value) {
    out.append("%-10s %s%n".formatted(key, value));
  }
}
