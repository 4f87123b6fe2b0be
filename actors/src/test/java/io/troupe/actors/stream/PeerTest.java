package io.troupe.actors.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.id.FileId;
import io.troupe.actors.id.VolumeId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class PeerTest {
  private static final FileId FILE = new FileId(new VolumeId(new UUID(3, 4)), 5);
  private static final long SECOND = 1_000_000_000L;
  private static final StreamSettings SETTINGS =
      new StreamSettings(
          Path.of("/none"),
          2 << 20,
          4,
          10,
          Duration.ofSeconds(5),
          Duration.ofSeconds(3),
          Duration.ofSeconds(3),
          Duration.ofSeconds(2),
          16);

  private final List<byte[]> sent = new ArrayList<>();
  private Outgoing.Sent next = Outgoing.Sent.DONE;
  private boolean closed;
  private final Peer peer =
      new Peer(
          new Peer.Origin(true, 1),
          false,
          new Outgoing() {
            @Override
            public Sent trySend(Frame frame, MemorySegment payload) {
              if (next == Sent.DONE) {
                sent.add(payload.toArray(ValueLayout.JAVA_BYTE));
              }
              return next;
            }

            @Override
            public void close() {
              closed = true;
            }
          },
          new BufferPool(),
          SETTINGS,
          0);

  private static Frame read(int bytes) {
    return new Frame(Frame.Kind.READ, 0, 1, 2, FILE, 0, 0, bytes, 0, 0, 0, 0);
  }

  private boolean reply(Frame request, byte[] payload) {
    MemorySegment m = MemorySegment.ofArray(payload);
    return peer.reply(Frame.reply(request, 0, m), m, 0);
  }

  @Test
  void admitsTwiceTheWindowAndNoMore() {
    for (int i = 0; i < 8; i++) {
      assertThat(peer.admit(read(10))).isTrue();
    }
    assertThat(peer.admit(read(10))).isFalse();
    assertThat(peer.requestsUnderWay()).isEqualTo(8);
  }

  @Test
  void admitsNoMoreThanTwiceTheBytes() {
    for (int i = 0; i < 4; i++) {
      assertThat(peer.admit(read(1 << 20))).isTrue();
    }
    assertThat(peer.admit(read(1))).isFalse();
    assertThat(peer.bytesUnderWay()).isEqualTo(4 << 20);
  }

  @Test
  void aReplyWithoutRoomIsKeptWithItsCreditUntilThereIsRoom() {
    peer.admit(read(3));
    next = Outgoing.Sent.FULL;
    byte[] memory = {1, 2, 3};
    assertThat(reply(read(3), memory)).isTrue();
    // The OSD uses its memory for something else.
    memory[0] = 9;
    assertThat(peer.drain(SECOND)).isFalse();
    assertThat(peer.bytesUnderWay()).isEqualTo(3);

    next = Outgoing.Sent.DONE;
    assertThat(peer.drain(SECOND)).isTrue();

    assertThat(sent).containsExactly(new byte[] {1, 2, 3});
    assertThat(peer.bytesUnderWay()).isZero();
    assertThat(peer.requestsUnderWay()).isZero();
  }

  @Test
  void laterRepliesDoNotOvertakeWhatWaits() {
    peer.admit(read(1));
    peer.admit(read(1));
    next = Outgoing.Sent.FULL;
    reply(read(1), new byte[] {1});
    next = Outgoing.Sent.DONE;

    assertThat(reply(read(1), new byte[] {2})).isTrue();
    peer.drain(0);

    assertThat(sent).containsExactly(new byte[] {1}, new byte[] {2});
  }

  @Test
  void aReceiverThatTakesNothingIsGivenUp() {
    peer.admit(read(1));
    next = Outgoing.Sent.FULL;
    reply(read(1), new byte[] {1});

    peer.drain(2 * SECOND);
    assertThat(peer.isLost()).isFalse();
    peer.drain(2 * SECOND + 1);
    assertThat(peer.isLost()).isTrue();

    peer.close();
    assertThat(closed).isTrue();
    assertThat(peer.bytesUnderWay()).isZero();
  }

  @Test
  void aClosedStreamIsLostAtOnceAndKeepsNothing() {
    peer.admit(read(1));
    next = Outgoing.Sent.GONE;

    assertThat(reply(read(1), new byte[] {1})).isTrue();

    assertThat(peer.isLost()).isTrue();
    assertThat(peer.requestsUnderWay()).isZero();
  }

  @Test
  void aReplyAfterTheEndKeepsNothing() {
    peer.admit(read(1));
    peer.close();
    next = Outgoing.Sent.FULL;

    reply(read(1), new byte[] {1});

    assertThat(peer.drain(0)).isTrue();
    assertThat(peer.requestsUnderWay()).isZero();
  }
}
