package io.troupe.sharding.directory;

import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.directory.Role;
import io.troupe.actors.directory.ServiceRecord;
import io.troupe.actors.directory.ServiceStatus;
import io.troupe.actors.directory.ViewVersion;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides for the DIR, without Pekko, clock or I/O. */
final class DirectoryCore {
  /** Volumes that are being made or removed at a time; each is asked again every second. */
  static final int MAX_UNDER_WAY = 100;

  /** A majority of more would have to answer each change. */
  static final int MAX_METADATA_REPLICAS = 7;

  /** What several nodes keep together is one proposal, of at most 192 KiB. */
  private static final long MAX_BYTES = 160 << 10;

  private final DirectoryLimits limits;
  private final Instant started;

  /** What was known before it started; empty: whoever was not heard of is offline. */
  private final Optional<DirectoryView> before;

  private ViewVersion last = ViewVersion.NONE;

  /** What heartbeats said last; not durable. */
  private final Map<NodeId, Heard> heard = new HashMap<>();

  private record Heard(ServiceRecord record, Instant at) {}

  /** To which whoever it has not heard of is offline. */
  DirectoryCore(DirectoryLimits limits, Instant started) {
    this(limits, started, Optional.empty());
  }

  /**
   * That takes over from another node, to which services are as they were there for as long as a
   * service may be silent: they had no time to be heard of.
   *
   * @param before the newest view of the other that this node has seen
   */
  DirectoryCore(DirectoryLimits limits, Instant started, DirectoryView before) {
    this(limits, started, Optional.of(before));
  }

  private DirectoryCore(DirectoryLimits limits, Instant started, Optional<DirectoryView> before) {
    this.limits = limits;
    this.started = started;
    this.before = before;
  }

  /** Views given out from now on are newer than all of earlier incarnations. */
  void begin(long incarnation) {
    last = new ViewVersion(incarnation, 0);
  }

  /**
   * Notes a heartbeat; the state changes only where more than load did. EAGAIN where there is no
   * room for one more service.
   */
  Result<Optional<DirectoryState>> heartbeat(
      DirectoryState state, ServiceRecord service, Instant now) {
    boolean registered = state.services().stream().anyMatch(s -> s.node().equals(service.node()));
    if (!registered && state.services().size() >= limits.maxServices()) {
      return Result.failed(
          Errno.EAGAIN, "registered are " + limits.maxServices() + " services already");
    }
    if (!registered && isFull(state.with(service))) {
      return Result.failed(Errno.EAGAIN, "the directory is full");
    }
    heard.put(service.node(), new Heard(service, now));
    boolean same = state.services().stream().anyMatch(s -> sameService(s, service));
    return Result.ok(same ? Optional.empty() : Optional.of(state.with(service)));
  }

  /**
   * Drops services that were silent for long and can hold nothing. An OSD may hold objects of any
   * volume, and stays; an MRC stays while a volume is its. What is dropped by mistake registers
   * itself again.
   */
  Optional<DirectoryState> forget(DirectoryState state, Instant now) {
    List<ServiceRecord> kept =
        state.services().stream().filter(s -> holds(state, s) || !isLongGone(s, now)).toList();
    if (kept.size() == state.services().size()) {
      return Optional.empty();
    }
    heard.keySet().retainAll(kept.stream().map(ServiceRecord::node).toList());
    return Optional.of(new DirectoryState(kept, state.volumes()));
  }

  private static boolean holds(DirectoryState state, ServiceRecord s) {
    return s.has(Role.OSD)
        || state.volumes().stream().anyMatch(v -> v.members().contains(s.node()));
  }

  /** Heartbeats are not durable: after a restart of the DIR the time begins anew. */
  private boolean isLongGone(ServiceRecord s, Instant now) {
    Heard h = heard.get(s.node());
    return Duration.between(h == null ? started : h.at(), now).compareTo(limits.forgetAfter()) > 0;
  }

  private static boolean sameService(ServiceRecord a, ServiceRecord b) {
    return a.node().equals(b.node())
        && a.roles().equals(b.roles())
        && a.address().equals(b.address())
        && a.stream().equals(b.stream())
        && a.capacityBytes() == b.capacityBytes();
  }

  DirectoryView view(DirectoryState state, Instant now) {
    last = new ViewVersion(last.incarnation(), last.number() + 1);
    return new DirectoryView(
        last, state.services().stream().map(s -> status(s, now)).toList(), state.volumes());
  }

  private ServiceStatus status(ServiceRecord stored, Instant now) {
    Heard h = heard.get(stored.node());
    if (h == null) {
      return inherited(stored, now);
    }
    long silent = silentMillis(h.at(), now);
    return new ServiceStatus(h.record(), silent <= limits.offlineAfter().toMillis(), silent);
  }

  /** One that was not heard of yet. What the view before does not know has come since. */
  private ServiceStatus inherited(ServiceRecord stored, Instant now) {
    ServiceStatus offline = new ServiceStatus(stored, false, Long.MAX_VALUE);
    long since = silentMillis(started, now);
    if (before.isEmpty() || since > limits.offlineAfter().toMillis()) {
      return offline;
    }
    ServiceStatus was =
        before.get().service(stored.node()).orElse(new ServiceStatus(stored, true, 0));
    return was.online()
        ? new ServiceStatus(was.record(), true, was.silentMillis() + since)
        : offline;
  }

  private static long silentMillis(Instant since, Instant now) {
    return Math.max(0, Duration.between(since, now).toMillis());
  }

  /** A new volume on the MRCs that have the fewest, or why there can be none. */
  Result<VolumeRecord> plan(
      DirectoryState state,
      String name,
      VolumePolicy policy,
      int metadataReplicas,
      VolumeId id,
      Instant now) {
    Optional<String> flaw = flawIn(name);
    if (flaw.isPresent()) {
      return Result.failed(Errno.EINVAL, "volume name " + flaw.get());
    }
    if (state.volume(name).isPresent()) {
      return Result.failed(Errno.EEXIST, "volume " + name + " exists");
    }
    if (isBusy(state)) {
      return Result.failed(Errno.EAGAIN, MAX_UNDER_WAY + " volumes are being made or removed");
    }
    // As the placement of new files does: a volume whose files cannot be made is of no use.
    int width = policy.striping().width();
    int online = heard(state, Role.OSD, now).size();
    if (online < width) {
      long registered = state.services().stream().filter(s -> s.has(Role.OSD)).count();
      return Result.failed(
          registered < width ? Errno.EINVAL : Errno.EAGAIN,
          "width %d needs as many OSDs, online are %d of %d".formatted(width, online, registered));
    }
    Result<VolumeRecord> planned =
        members(state, metadataReplicas, now)
            .map(
                members ->
                    new VolumeRecord(id, name, policy, members, VolumeRecord.State.CREATING));
    return planned instanceof Result.Ok<VolumeRecord>(VolumeRecord volume)
            && isFull(state.with(volume))
        ? Result.failed(Errno.ENOSPC, "the directory is full")
        : planned;
  }

  private boolean isFull(DirectoryState state) {
    return before.isPresent() && state.sizeBytes() > MAX_BYTES;
  }

  /** The MRCs that have the fewest volumes, the one with the fewest first. */
  private Result<List<NodeId>> members(DirectoryState state, int metadataReplicas, Instant now) {
    if (metadataReplicas < 1 || metadataReplicas > MAX_METADATA_REPLICAS) {
      return Result.failed(
          Errno.EINVAL,
          "metadata replicas must be 1 to " + MAX_METADATA_REPLICAS + ", not " + metadataReplicas);
    }
    List<NodeId> members =
        heard(state, Role.MRC, now).stream()
            .sorted(
                Comparator.comparingLong(
                        (NodeId n) ->
                            state.volumes().stream().filter(v -> v.members().contains(n)).count())
                    .thenComparing(NodeId::toString))
            .limit(metadataReplicas)
            .toList();
    if (members.size() < metadataReplicas) {
      long registered = state.services().stream().filter(s -> s.has(Role.MRC)).count();
      return Result.failed(
          registered < metadataReplicas && registered > 0 ? Errno.EINVAL : Errno.EAGAIN,
          "%d metadata replicas need as many MRCs, online are %d of %d"
              .formatted(metadataReplicas, members.size(), registered));
    }
    return Result.ok(members);
  }

  /** Who is online by a word of its own: what is inherited may be the node that has just gone. */
  private List<NodeId> heard(DirectoryState state, Role role, Instant now) {
    return state.services().stream()
        .filter(s -> heard.containsKey(s.node()))
        .map(s -> status(s, now))
        .filter(s -> s.online() && s.record().has(role))
        .map(s -> s.record().node())
        .toList();
  }

  boolean isBusy(DirectoryState state) {
    return state.volumes().stream().filter(v -> v.state() != VolumeRecord.State.ACTIVE).count()
        >= MAX_UNDER_WAY;
  }

  /**
   * A volume has done what it was asked for when its record was this one. Empty where the record is
   * another by now: an answer to Initialize that comes late says nothing about Destroy.
   */
  Optional<DirectoryState> done(DirectoryState state, VolumeRecord asked) {
    return state
        .volume(asked.id())
        .filter(v -> v.state() == asked.state())
        .flatMap(
            v ->
                switch (v.state()) {
                  case CREATING -> Optional.of(state.with(v.in(VolumeRecord.State.ACTIVE)));
                  case REMOVING -> Optional.of(state.without(v));
                  case ACTIVE -> Optional.empty();
                });
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
