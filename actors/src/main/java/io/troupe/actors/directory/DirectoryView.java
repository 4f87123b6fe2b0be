package io.troupe.actors.directory;

import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.VolumeId;
import java.util.List;
import java.util.Optional;

/** All that the DIR knows, at one moment. */
public record DirectoryView(
    ViewVersion version, List<ServiceStatus> services, List<VolumeRecord> volumes) {
  public static final DirectoryView EMPTY =
      new DirectoryView(ViewVersion.NONE, List.of(), List.of());

  public DirectoryView {
    services = List.copyOf(services);
    volumes = List.copyOf(volumes);
  }

  public Optional<ServiceStatus> service(NodeId node) {
    return services.stream().filter(s -> s.record().node().equals(node)).findFirst();
  }

  public Optional<VolumeRecord> volume(String name) {
    return volumes.stream().filter(v -> v.name().equals(name)).findFirst();
  }

  public Optional<VolumeRecord> volume(VolumeId id) {
    for (VolumeRecord v : volumes) {
      if (v.id().equals(id)) {
        return Optional.of(v);
      }
    }
    return Optional.empty();
  }

  /** This view or the other: replies may overtake each other. */
  public DirectoryView newerOf(DirectoryView other) {
    return version.compareTo(other.version) >= 0 ? this : other;
  }

  public List<ServiceStatus> online(Role role) {
    return services.stream().filter(s -> s.online() && s.record().has(role)).toList();
  }
}
