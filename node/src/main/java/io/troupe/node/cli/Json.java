package io.troupe.node.cli;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import io.troupe.actors.directory.Role;
import io.troupe.actors.directory.ServiceStatus;
import io.troupe.actors.directory.VolumeRecord;
import io.troupe.actors.id.NodeId;
import java.util.Locale;
import java.util.Map;

/** What {@code --json} prints. */
final class Json {
  private Json() {}

  static String of(Object plain) {
    return ConfigValueFactory.fromAnyRef(plain).render(ConfigRenderOptions.concise());
  }

  static Map<String, Object> volume(VolumeRecord v) {
    return Map.of(
        "name", v.name(),
        "id", v.id().toString(),
        "state", v.state().name().toLowerCase(Locale.ROOT),
        "objectSizeBytes", v.policy().striping().objectSizeBytes(),
        "width", v.policy().striping().width(),
        "mrcs", v.members().stream().map(NodeId::toString).toList());
  }

  static Map<String, Object> service(ServiceStatus s) {
    return Map.of(
        "node", s.record().node().toString(),
        "roles", s.record().roles().stream().map(Role::label).toList(),
        "address", s.record().address(),
        "online", s.online(),
        "capacityBytes", s.record().capacityBytes(),
        "freeBytes", s.record().freeBytes());
  }
}
