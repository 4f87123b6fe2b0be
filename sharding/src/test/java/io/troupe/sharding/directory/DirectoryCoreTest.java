package io.troupe.sharding.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.directory.DirectoryView;
import io.troupe.actors.directory.Role;
import io.troupe.actors.directory.ServiceRecord;
import io.troupe.actors.directory.ViewVersion;
import io.troupe.actors.directory.VolumeRecord;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.volume.VolumePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class DirectoryCoreTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_000);
  private static final VolumeId ID = new VolumeId(new UUID(9, 9));

  private static final VolumePolicy POLICY =
      new VolumePolicy(new StripingPolicy(4096, 1), 0755, 0, 0);

  private static final DirectoryLimits LIMITS =
      new DirectoryLimits(Duration.ofSeconds(5), Duration.ofDays(30), 4);

  private final DirectoryCore core = new DirectoryCore(LIMITS, NOW);
  private DirectoryState state = DirectoryState.EMPTY;

  private static ServiceRecord service(int n, long free, Role... roles) {
    return new ServiceRecord(
        new NodeId(new UUID(0, n)), List.of(roles), "h:" + n, Optional.empty(), 1_000, free);
  }

  private void beat(ServiceRecord s) {
    core.heartbeat(state, s, NOW).orThrow().ifPresent(next -> state = next);
  }

  private Result<VolumeRecord> plan(String name, int width) {
    return core.plan(
        state, name, new VolumePolicy(new StripingPolicy(4096, width), 0755, 0, 0), 1, ID, NOW);
  }

  private Result<VolumeRecord> replicated(int metadataReplicas) {
    VolumePolicy policy = new VolumePolicy(new StripingPolicy(4096, 1), 0755, 0, 0);
    return core.plan(state, "r", policy, metadataReplicas, new VolumeId(new UUID(9, 11)), NOW);
  }

  private static Errno errno(Result<?> r) {
    return ((Result.Failed<?>) r).errno();
  }

  @Test
  void loadAloneIsNotWorthADurableChange() {
    beat(service(1, 10, Role.OSD));

    assertThat(core.heartbeat(state, service(1, 5, Role.OSD), NOW).orThrow()).isEmpty();
    assertThat(core.heartbeat(state, service(1, 5, Role.OSD, Role.MRC), NOW).orThrow()).isPresent();
  }

  @Test
  void silenceMakesAServiceOffline() {
    beat(service(1, 10, Role.OSD));

    assertThat(core.view(state, NOW.plusSeconds(5)).online(Role.OSD)).hasSize(1);
    assertThat(core.view(state, NOW.plusSeconds(6)).online(Role.OSD)).isEmpty();
    assertThat(new DirectoryCore(LIMITS, NOW).view(state, NOW).online(Role.OSD)).isEmpty();
  }

  @Test
  void whoTakesOverLeavesServicesAsTheyWereUntilTheyCouldBeHeard() {
    beat(service(1, 10, Role.OSD, Role.MRC));
    core.heartbeat(state, service(2, 10, Role.OSD), NOW.minusSeconds(60))
        .orThrow()
        .ifPresent(next -> state = next);
    DirectoryView before = core.view(state, NOW);
    Instant later = NOW.plusSeconds(100);

    DirectoryCore next = new DirectoryCore(LIMITS, later, before);

    assertThat(next.view(state, later.plusSeconds(5)).online(Role.OSD))
        .extracting(s -> s.record().address())
        .containsExactly("h:1");
    assertThat(next.view(state, later.plusSeconds(6)).online(Role.OSD)).isEmpty();
    DirectoryState more = state.with(service(3, 10, Role.OSD));
    assertThat(next.view(more, later).online(Role.OSD)).hasSize(2);
    // A volume goes to none that may be the one that has died.
    assertThat(errno(next.plan(state, "a", POLICY, 1, ID, later))).isEqualTo(Errno.EAGAIN);
    next.heartbeat(state, service(1, 10, Role.OSD, Role.MRC), later).orThrow();
    assertThat(next.plan(state, "a", POLICY, 1, ID, later).orThrow().members()).hasSize(1);
  }

  @Test
  void aVolumeGoesToTheMrcThatHasTheFewest() {
    beat(service(1, 10, Role.MRC, Role.OSD));
    beat(service(2, 10, Role.MRC));
    VolumeRecord first = plan("a", 1).orThrow();
    state = state.with(first);

    VolumeRecord second =
        core.plan(state, "b", first.policy(), 1, new VolumeId(new UUID(9, 10)), NOW).orThrow();

    assertThat(second.members()).hasSize(1).doesNotContainAnyElementsOf(first.members());
  }

  @Test
  void theMetadataOfAVolumeGoToAsManyMrcsAsAskedForTheIdlestFirst() {
    for (int n = 1; n <= 4; n++) {
      beat(service(n, 10, Role.MRC, Role.OSD));
    }
    VolumeRecord first = plan("a", 1).orThrow();
    state = state.with(first);

    VolumeRecord second = replicated(3).orThrow();

    assertThat(second.isReplicated()).isTrue();
    assertThat(second.members()).hasSize(3).doesNotHaveDuplicates();
    assertThat(second.members()).doesNotContainAnyElementsOf(first.members());
  }

  @Test
  void refusesMetadataReplicasThatThereAreNoMrcsFor() {
    beat(service(1, 10, Role.MRC, Role.OSD));
    beat(service(2, 10, Role.MRC));

    assertThat(errno(replicated(3))).isEqualTo(Errno.EINVAL);
    assertThat(errno(replicated(0))).isEqualTo(Errno.EINVAL);
    assertThat(errno(replicated(8))).isEqualTo(Errno.EINVAL);
    core.heartbeat(state, service(3, 10, Role.MRC), NOW.minusSeconds(60))
        .orThrow()
        .ifPresent(next -> state = next);
    assertThat(errno(replicated(3))).isEqualTo(Errno.EAGAIN);
  }

  @Test
  void refusesWhatCannotBe() {
    assertThat(errno(plan("a", 1))).isEqualTo(Errno.EINVAL);
    beat(service(1, 10, Role.OSD));
    assertThat(errno(plan("a", 1))).isEqualTo(Errno.EAGAIN);
    beat(service(2, 10, Role.MRC));
    assertThat(errno(plan("a", 2))).isEqualTo(Errno.EINVAL);
    assertThat(errno(plan("a/b", 1))).isEqualTo(Errno.EINVAL);
    assertThat(errno(plan("", 1))).isEqualTo(Errno.EINVAL);
    state = state.with(plan("a", 1).orThrow());
    assertThat(errno(plan("a", 1))).isEqualTo(Errno.EEXIST);
  }

  @Test
  void onlyOsdsThatAreOnlineCountTowardsAVolumesWidth() {
    beat(service(1, 10, Role.OSD, Role.MRC));
    core.heartbeat(state, service(2, 10, Role.OSD), NOW.minusSeconds(60))
        .orThrow()
        .ifPresent(next -> state = next);

    Result<VolumeRecord> plan = plan("a", 2);

    assertThat(errno(plan)).isEqualTo(Errno.EAGAIN);
    assertThat(((Result.Failed<?>) plan).detail()).contains("online are 1 of 2");
  }

  @Test
  void viewsAreNumberedInTheOrderInWhichTheyAreGivenOut() {
    core.begin(7);
    ViewVersion first = core.view(state, NOW).version();
    ViewVersion second = core.view(state, NOW).version();
    core.begin(8);

    assertThat(first).isGreaterThan(ViewVersion.NONE).isLessThan(second);
    assertThat(core.view(state, NOW).version()).isGreaterThan(second);
  }

  @Test
  void forgetsOnlyWhatWasSilentForLongAndHoldsNothing() {
    beat(service(1, 10, Role.OSD));
    beat(service(2, 10, Role.MRC));
    beat(service(3, 10, Role.GATEWAY));
    state = state.with(plan("a", 1).orThrow());
    beat(service(4, 10, Role.MRC));

    assertThat(core.forget(state, NOW.plus(Duration.ofDays(30)))).isEmpty();
    DirectoryState left = core.forget(state, NOW.plus(Duration.ofDays(31))).orElseThrow();

    assertThat(left.services()).extracting(s -> s.address()).containsExactly("h:1", "h:2");
    assertThat(left.volumes()).hasSize(1);
    // After a restart nobody has been heard of yet.
    DirectoryCore restarted = new DirectoryCore(LIMITS, NOW.plus(Duration.ofDays(31)));
    assertThat(restarted.forget(state, NOW.plus(Duration.ofDays(32)))).isEmpty();
  }

  @Test
  void refusesMoreServicesThanThereIsRoomFor() {
    for (int n = 1; n <= 4; n++) {
      beat(service(n, 10, Role.GATEWAY));
    }

    assertThat(errno(core.heartbeat(state, service(5, 10, Role.GATEWAY), NOW)))
        .isEqualTo(Errno.EAGAIN);
    assertThat(core.heartbeat(state, service(4, 10, Role.OSD), NOW).orThrow()).isPresent();
  }
}
