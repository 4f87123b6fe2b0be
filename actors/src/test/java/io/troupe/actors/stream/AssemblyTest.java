package io.troupe.actors.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.id.FileId;
import io.troupe.actors.id.VolumeId;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class AssemblyTest {
  private static final FileId FILE = new FileId(new VolumeId(new UUID(3, 4)), 5);
  private static final int SESSION = 21;

  private final List<Message> begun = new ArrayList<>();
  private boolean wanted = true;
  private final Assembly assembly =
      new Assembly(
          (frame, session) -> {
            Message m = new Message(frame);
            begun.add(m);
            return Optional.of(m);
          });

  private final class Message implements Assembly.Slot {
    final byte[] memory;
    int completed;
    int damaged;

    Message(Frame frame) {
      this.memory = new byte[frame.payloadLength()];
    }

    @Override
    public MemorySegment memory() {
      return MemorySegment.ofArray(memory);
    }

    @Override
    public boolean isWanted() {
      return wanted;
    }

    @Override
    public void complete() {
      completed++;
    }

    @Override
    public void damaged(String why) {
      damaged++;
    }
  }

  private static byte[] bytes(long seed, int length) {
    byte[] b = new byte[length];
    new Random(seed).nextBytes(b);
    return b;
  }

  private static Frame write(byte[] payload) {
    return new Frame(
        Frame.Kind.WRITE,
        0,
        1,
        2,
        FILE,
        0,
        0,
        payload.length,
        0,
        0,
        payload.length,
        Frame.checksum(MemorySegment.ofArray(payload)));
  }

  private static List<Fragments.Fragment> message(byte[] payload, int size, int session) {
    return Fragments.of(write(payload), payload, size, session);
  }

  private void deliver(List<Fragments.Fragment> fragments) {
    fragments.forEach(f -> f.deliver(assembly));
  }

  @Property(tries = 300)
  void messagesOfSeveralSessionsInterleaved(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 20_000) int length,
      @ForAll @IntRange(min = 96, max = 3_000) int size) {
    begun.clear();
    byte[] one = bytes(seed, length);
    byte[] other = bytes(~seed, length);
    List<Fragments.Fragment> a = message(one, size, 1);
    List<Fragments.Fragment> b = message(other, size, 2);

    for (int i = 0; i < a.size(); i++) {
      a.get(i).deliver(assembly);
      b.get(i).deliver(assembly);
    }

    assertThat(begun).extracting(m -> m.completed).containsExactly(1, 1);
    assertThat(begun.getFirst().memory).isEqualTo(one);
    assertThat(begun.getLast().memory).isEqualTo(other);
  }

  @Property(tries = 1_000)
  void fragmentsLostDoubledOrMovedNeverMakeAMessageThatWasNotSent(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 20_000) int length,
      @ForAll @IntRange(min = 96, max = 3_000) int size,
      @ForAll @IntRange(max = 2) int fault) {
    begun.clear();
    Random random = new Random(seed);
    byte[] payload = bytes(seed, length);
    List<Fragments.Fragment> fragments = message(payload, size, SESSION);
    int at = random.nextInt(fragments.size());
    switch (fault) {
      case 0 -> fragments.remove(at);
      case 1 -> fragments.add(random.nextInt(fragments.size() + 1), fragments.get(at));
      default -> fragments.add(random.nextInt(fragments.size()), fragments.remove(at));
    }

    deliver(fragments);
    byte[] next = bytes(seed + 1, 5_000);
    deliver(message(next, 1_000, SESSION));

    for (Message m : begun) {
      assertThat(m.completed + m.damaged).isEqualTo(1);
      if (m.completed == 1) {
        assertThat(m.memory).isEqualTo(m == begun.getLast() ? next : payload);
      }
    }
    assertThat(begun.getLast().completed).isEqualTo(1);
    assertThat(begun.getLast().memory).isEqualTo(next);
  }

  @Property(tries = 300)
  void aFlippedBitOfThePayloadIsSeen(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5_000) int length) {
    begun.clear();
    byte[] payload = bytes(seed, length);
    Frame frame = write(payload);
    payload[new Random(seed).nextInt(length)] ^= (byte) (1 << Math.floorMod(seed, 8));

    deliver(Fragments.of(frame, payload, 1_000, SESSION));

    assertThat(begun).extracting(m -> m.completed).containsExactly(0);
    assertThat(begun).extracting(m -> m.damaged).containsExactly(1);
  }

  @Test
  void nothingIsAllocatedForAHostileLength() {
    byte[] payload = bytes(1, 100);
    List<Fragments.Fragment> fragments = message(payload, 1_000, SESSION);
    byte[] bytes = fragments.getFirst().bytes();
    Arrays.fill(bytes, 72, 75, (byte) 0xff);

    deliver(fragments);

    assertThat(begun).isEmpty();
  }

  @Test
  void nothingIsWrittenWhenItIsNotWantedAnyMore() {
    byte[] payload = bytes(1, 5_000);
    List<Fragments.Fragment> fragments = message(payload, 1_000, SESSION);
    fragments.getFirst().deliver(assembly);
    wanted = false;

    deliver(fragments.subList(1, fragments.size()));

    Message m = begun.getFirst();
    assertThat(m.completed + m.damaged).isZero();
    assertThat(Arrays.copyOfRange(m.memory, 1_000, 5_000)).containsOnly(0);
  }

  @Test
  void aMessageWhoseSenderIsGoneIsGivenUp() {
    List<Fragments.Fragment> fragments = message(bytes(1, 5_000), 1_000, SESSION);
    fragments.getFirst().deliver(assembly);

    assembly.retain(session -> session != SESSION);

    assertThat(begun.getFirst().damaged).isEqualTo(1);
  }
}
