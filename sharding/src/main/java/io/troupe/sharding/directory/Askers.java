package io.troupe.sharding.directory;

import io.troupe.actors.errors.Result;
import io.troupe.actors.id.VolumeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;

/** Who waits to hear what became of a volume; each is told once. */
final class Askers<T> {
  /** Of one volume; those who gave up waiting still count. */
  static final int MAX_PER_VOLUME = 16;

  private final Map<VolumeId, List<ActorRef<Result<T>>>> waiting = new HashMap<>();

  boolean isFull(VolumeId volume) {
    return waiting.getOrDefault(volume, List.of()).size() >= MAX_PER_VOLUME;
  }

  void add(VolumeId volume, ActorRef<Result<T>> asker) {
    if (isFull(volume)) {
      throw new IllegalStateException("too many wait for volume " + volume);
    }
    waiting.computeIfAbsent(volume, v -> new ArrayList<>()).add(asker);
  }

  void answer(VolumeId volume, Result<T> result) {
    List<ActorRef<Result<T>>> told = waiting.remove(volume);
    if (told != null) {
      told.forEach(a -> a.tell(result));
    }
  }
}
