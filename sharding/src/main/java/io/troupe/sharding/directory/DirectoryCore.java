package io.troupe.sharding.directory;

import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.directory.Role;
import io.troupe.actors.directory.ServiceRecord;
import io.troupe.actors.directory.ServiceStatus;
import io.troupe.actors.directory.VolumeRecord;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.volume.VolumePolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Decides for the DIR, without Pekko, clock or I/O. */
final class DirectoryCore {
  private final Duration offlineAfter;

  /** What heartbeats said last; not durable. */
  private final Map<NodeId, Heard> heard = new HashMap<>();

  private record Heard(ServiceRecord record, Instant at) {}

  DirectoryCore(Duration offlineAfter) {
    this.offlineAfter = offlineAfter;
  }

  /** Notes a heartbeat; the state changes only where more than load did. */
  Optional<DirectoryState> heartbeat(DirectoryState state, ServiceRecord service, Instant now) {
    heard.put(service.node(), new Heard(service, now));
    boolean known = state.services().stream().anyMatch(s -> sameService(s, service));
    return known ? Optional.empty() : Optional.of(state.with(service));
  }

  private static boolean sameService(ServiceRecord a, ServiceRecord b) {
    return a.node().equals(b.node())
        && a.roles().equals(b.roles())
        && a.address().equals(b.address())
        && a.stream().equals(b.stream())
        && a.capacityBytes() == b.capacityBytes();
  }

  DirectoryView view(DirectoryState state, Instant now) {
    return new DirectoryView(
        state.services().stream().map(s -> status(s, now)).toList(), state.volumes());
  }

  private ServiceStatus status(ServiceRecord stored, Instant now) {
    Heard h = heard.get(stored.node());
    if (h == null) {
      return new ServiceStatus(stored, false, Long.MAX_VALUE);
    }
    long silent = Math.max(0, Duration.between(h.at(), now).toMillis());
    return new ServiceStatus(h.record(), silent <= offlineAfter.toMillis(), silent);
  }

  /** A new volume on the MRC that has the fewest, or why there can be none. */
  Result<VolumeRecord> plan(
      DirectoryState state, String name, VolumePolicy policy, VolumeId id, Instant now) {
    Optional<String> flaw = flawIn(name);
    if (flaw.isPresent()) {
      return Result.failed(Errno.EINVAL, "volume name " + flaw.get());
    }
    if (state.volume(name).isPresent()) {
      return Result.failed(Errno.EEXIST, "volume " + name + " exists");
    }
    DirectoryView view = view(state, now);
    int osds = (int) view.services().stream().filter(s -> s.record().has(Role.OSD)).count();
    if (osds < policy.striping().width()) {
      return Result.failed(
          Errno.EINVAL,
          "width " + policy.striping().width() + " needs as many OSDs, registered are " + osds);
    }
    return view.online(Role.MRC).stream()
        .map(s -> s.record().node())
        .min(
            Comparator.comparingLong(
                    (NodeId n) ->
                        state.volumes().stream().filter(v -> v.master().equals(n)).count())
                .thenComparing(NodeId::toString))
        .<Result<VolumeRecord>>map(
            master ->
                Result.ok(new VolumeRecord(id, name, policy, master, VolumeRecord.State.CREATING)))
        .orElseGet(() -> Result.failed(Errno.EAGAIN, "no MRC is online"));
  }

  private static Optional<String> flawIn(String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > 255) {
      return Optional.of("must have 1 to 255 bytes, not " + bytes);
    }
    if (name.equals(".") || name.equals("..")) {
      return Optional.of("must not be " + name);
    }
    return name.chars().anyMatch(c -> c == '/' || c == '@' || Character.isISOControl(c))
        ? Optional.of("must not have a slash, '@' or control characters: " + name)
        : Optional.empty();
  }
}
