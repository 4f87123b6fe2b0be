package io.troupe.sharding.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.actors.id.NodeId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class FoundingTest {
  private static final NodeId A = new NodeId(new UUID(0, 1));
  private static final NodeId B = new NodeId(new UUID(0, 2));
  private static final NodeId C = new NodeId(new UUID(0, 3));
  private static final NodeId D = new NodeId(new UUID(0, 4));
  private static final List<NodeId> ABC = List.of(A, B, C);
  private static final Set<NodeId> ALL = Set.of(A, B, C);
  private static final Optional<DirectoryMembers> NONE = Optional.empty();

  private final Founding founding = new Founding(A, 3);

  private static Optional<DirectoryMembers> agreed(NodeId... nodes) {
    return Optional.of(new DirectoryMembers(List.of(nodes), false));
  }

  private static Optional<DirectoryMembers> formed(NodeId... nodes) {
    return Optional.of(new DirectoryMembers(List.of(nodes), true));
  }

  private Founding.Next next(Optional<DirectoryMembers> mine, Set<NodeId> present) {
    return founding.next(mine, present, true);
  }

  @Test
  void waitsUntilAllAreThereAndHaveSaidWhatTheyHave() {
    assertThat(next(NONE, Set.of(A)))
        .isEqualTo(new Founding.Next.Wait("2 more nodes with role dir"));
    founding.heard(B, NONE);
    assertThat(next(NONE, Set.of(A, B)))
        .isEqualTo(new Founding.Next.Wait("one more node with role dir"));
    assertThat(next(NONE, ALL)).isInstanceOf(Founding.Next.Wait.class);
    founding.heard(C, NONE);

    assertThat(next(NONE, ALL))
        .isEqualTo(new Founding.Next.Write(new DirectoryMembers(ABC, false)));
  }

  @Test
  void takesPartOnlyWhenAllHaveWrittenTheSame() {
    founding.heard(B, agreed(A, B, C));
    founding.heard(C, NONE);
    assertThat(next(agreed(A, B, C), ALL)).isInstanceOf(Founding.Next.Wait.class);
    founding.heard(C, agreed(A, B, C));

    assertThat(next(agreed(A, B, C), ALL))
        .isEqualTo(new Founding.Next.Write(new DirectoryMembers(ABC, true)));
    assertThat(next(formed(A, B, C), Set.of(A))).isEqualTo(new Founding.Next.TakePart(ABC));
  }

  @Test
  void oneThatKnowsThatAllHaveIsEnough() {
    founding.heard(B, formed(A, B, C));

    assertThat(next(agreed(A, B, C), Set.of(A, B)))
        .isEqualTo(new Founding.Next.Write(new DirectoryMembers(ABC, true)));
  }

  @Test
  void whoMissedTheBeginningFollowsWhoHasSeenIt() {
    founding.heard(B, agreed(A, B, C));

    assertThat(next(NONE, Set.of(A, B)))
        .isEqualTo(new Founding.Next.Write(new DirectoryMembers(ABC, false)));
  }

  @Test
  void namesThatDifferAreNeverFollowed() {
    founding.heard(B, agreed(B, C, D));

    assertThat(next(agreed(A, B, C), ALL))
        .isInstanceOfSatisfying(
            Founding.Next.Refuse.class,
            r -> assertThat(r.why()).contains("but this one knows it to be on"));
  }

  @Test
  void whoIsNotAmongThemIsRefused() {
    founding.heard(B, formed(B, C, D));

    assertThat(next(NONE, ALL))
        .isInstanceOfSatisfying(
            Founding.Next.Refuse.class,
            r -> assertThat(r.why()).contains("and this one is " + A + "; start it without"));
  }

  @Test
  void refusesOneTooMany() {
    assertThat(next(NONE, Set.of(A, B, C, D)))
        .isInstanceOfSatisfying(
            Founding.Next.Refuse.class, r -> assertThat(r.why()).contains("4 nodes have role dir"));
  }

  @Test
  void foundsNothingWhereADirectoryMayBe() {
    founding.heard(B, NONE);
    founding.heard(C, NONE);

    assertThat(founding.next(NONE, ALL, false))
        .isInstanceOfSatisfying(
            Founding.Next.Refuse.class, r -> assertThat(r.why()).contains("second catalog"));
  }

  @Test
  void whatAMemberThatHasGoneSaidCountsNoMore() {
    founding.heard(D, formed(B, C, D));

    assertThat(next(NONE, Set.of(A))).isInstanceOf(Founding.Next.Wait.class);
  }

  @Test
  void whatIsOnDiskComesBack() {
    for (DirectoryMembers m : List.of(formed(A, B, C).get(), agreed(A, B, C).get())) {
      assertThat(DirectoryMembers.decoded(m.encoded())).isEqualTo(m);
    }
    assertThatThrownBy(
            () -> DirectoryMembers.decoded("2 formed x".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
