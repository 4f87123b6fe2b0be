package io.troupe.gateway.io;

import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.stream.ObjectRequest;
import io.troupe.actors.stream.Transfer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads and writes ranges of files, on the OSDs that hold them. Thread-safe. */
public final class StripedIo {
  private final ObjectIo objects;

  public StripedIo(ObjectIo objects) {
    this.objects = objects;
  }

  /** Learns which incarnation of which OSD carried a part out, before the whole is done. */
  public interface Acknowledged {
    void by(OsdId osd, long incarnation);
  }

  /** Transfers the whole segment; the first failure in the order of the range is the outcome. */
  public CompletionStage<Result<Integer>> transfer(
      ObjectRequest.Kind kind,
      FileId file,
      XLocSet xlocs,
      int truncateEpoch,
      long offset,
      MemorySegment memory,
      Acknowledged acknowledged) {
    int length = (int) memory.byteSize();
    ReplicaLocation replica = xlocs.first();
    List<ObjectRange> ranges = ObjectRange.of(replica.striping(), offset, length);
    if (ranges.size() == 1) {
      return one(
          kind, file, xlocs, truncateEpoch, replica, ranges.getFirst(), memory, acknowledged);
    }
    List<CompletableFuture<Result<Integer>>> parts = new ArrayList<>(ranges.size());
    for (ObjectRange r : ranges) {
      MemorySegment part = memory.asSlice(r.offsetInRange(), r.length());
      parts.add(
          one(kind, file, xlocs, truncateEpoch, replica, r, part, acknowledged)
              .toCompletableFuture());
    }
    return CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            all -> {
              for (CompletableFuture<Result<Integer>> p : parts) {
                if (p.join() instanceof Result.Failed<Integer> f) {
                  return f;
                }
              }
              return Result.ok(length);
            });
  }

  private CompletionStage<Result<Integer>> one(
      ObjectRequest.Kind kind,
      FileId file,
      XLocSet xlocs,
      int truncateEpoch,
      ReplicaLocation replica,
      ObjectRange range,
      MemorySegment memory,
      Acknowledged acknowledged) {
    OsdId osd = replica.osdOf(range.object());
    ObjectRequest request =
        new ObjectRequest(
            kind,
            file,
            range.object(),
            range.offsetInObject(),
            range.length(),
            truncateEpoch,
            xlocs.version());
    CompletionStage<Result<Transfer>> answer = objects.transfer(osd, request, memory);
    return answer.thenApply(
        result -> {
          if (result instanceof Result.Ok<Transfer>(Transfer t)) {
            acknowledged.by(osd, t.incarnation());
          }
          return result.map(Transfer::bytes);
        });
  }
}
