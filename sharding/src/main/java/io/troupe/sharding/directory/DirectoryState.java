package io.troupe.sharding.directory;

import io.troupe.actors.directory.ServiceRecord;
import io.troupe.actors.directory.VolumeRecord;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.serialization.KryoSerializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the DIR keeps over restarts. */
public record DirectoryState(List<ServiceRecord> services, List<VolumeRecord> volumes)
    implements KryoSerializable {
  /** Of one, without its texts. */
  private static final int SERVICE = 100;

  private static final int VOLUME = 100;
  private static final int MEMBER = 30;

  static final DirectoryState EMPTY = new DirectoryState(List.of(), List.of());

  public DirectoryState {
    services = List.copyOf(services);
    volumes = List.copyOf(volumes);
  }

  /** More than its bytes on disk are. */
  long sizeBytes() {
    long size = 0;
    for (ServiceRecord s : services) {
      size += SERVICE + bytes(s.address());
      size += s.stream().map(e -> bytes(e.hostId() + e.driverDirectory() + e.udp())).orElse(0L);
    }
    for (VolumeRecord v : volumes) {
      size += VOLUME + bytes(v.name()) + (long) MEMBER * v.members().size();
    }
    return size;
  }

  private static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  Optional<VolumeRecord> volume(String name) {
    return volumes.stream().filter(v -> v.name().equals(name)).findFirst();
  }

  DirectoryState with(VolumeRecord volume) {
    List<VolumeRecord> next = new ArrayList<>(volumes);
    next.removeIf(v -> v.id().equals(volume.id()));
    next.add(volume);
    return new DirectoryState(services, next);
  }

  DirectoryState without(VolumeRecord volume) {
    return new DirectoryState(
        services, volumes.stream().filter(v -> !v.id().equals(volume.id())).toList());
  }

  Optional<VolumeRecord> volume(VolumeId id) {
    return volumes.stream().filter(v -> v.id().equals(id)).findFirst();
  }

  DirectoryState with(ServiceRecord service) {
    List<ServiceRecord> next = new ArrayList<>(services);
    next.removeIf(s -> s.node().equals(service.node()));
    next.add(service);
    return new DirectoryState(next, volumes);
  }
}
