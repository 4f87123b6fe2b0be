package io.troupe.actors.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.actors.directory.DirectoryCommand;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.file.FileCommand;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.Name;
import io.troupe.actors.id.Epoch;
import io.troupe.actors.lease.LeaseBatch;
import io.troupe.actors.lease.LeaseCommand;
import io.troupe.actors.lease.LeaseMessage;
import io.troupe.actors.lease.LeaseReply;
import io.troupe.actors.replica.ReplicaCommand;
import io.troupe.actors.session.SessionEvent;
import io.troupe.actors.volume.AttributeChange;
import io.troupe.actors.volume.VolumeCommand;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class KryoSerializerTest {
  private static ActorSystem system;
  private static KryoSerializer serializer;

  @BeforeAll
  static void start() {
    system = ActorSystem.create("kryo");
    serializer = new KryoSerializer((ExtendedActorSystem) system);
  }

  @AfterAll
  static void stop() {
    TestKit.shutdownActorSystem(system);
  }

  /** Every message of every protocol that may cross between nodes. */
  static Stream<Class<?>> messages() {
    List<Class<?>> found = new ArrayList<>();
    for (Class<?> protocol :
        List.of(
            VolumeCommand.class,
            FileCommand.class,
            ReplicaCommand.class,
            LeaseCommand.class,
            LeaseReply.class,
            LeaseBatch.class,
            LeaseMessage.class,
            DirectoryCommand.class,
            SessionEvent.class)) {
      collect(protocol, found);
    }
    assertThat(found).hasSizeGreaterThan(35);
    return found.stream();
  }

  private static void collect(Class<?> type, List<Class<?>> found) {
    if (type.isRecord()) {
      found.add(type);
    } else if (type.isSealed()) {
      Arrays.stream(type.getPermittedSubclasses()).forEach(c -> collect(c, found));
    } else {
      assertThat(type.getSimpleName()).isEqualTo("Local");
    }
  }

  @ParameterizedTest
  @MethodSource("messages")
  void everyMessageIsRegisteredAndComesBackEqual(Class<?> type) {
    RecordSamples samples = new RecordSamples(new Random(type.getName().hashCode()), anActor());
    for (int i = 0; i < 200; i++) {
      Object message = samples.of(type);

      Object back = serializer.fromBinary(serializer.toBinary(message));

      assertThat(RecordSamples.same(message, back)).as("%s / %s", message, back).isTrue();
    }
  }

  @Test
  void isWhatPekkoChoosesForMessages() {
    Object reply = Result.failed(Errno.ENOENT, "no such thing");

    assertThat(SerializationExtension.get(system).findSerializerFor(reply))
        .isInstanceOf(KryoSerializer.class);
  }

  @Test
  void writesIntoABuffer() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1000);

    serializer.toBinary(Result.ok(new Epoch(7)), buffer);
    buffer.flip();

    assertThat(serializer.fromBinary(buffer, "")).isEqualTo(Result.ok(new Epoch(7)));
  }

  @Test
  void namesAClassThatIsNotRegistered() {
    record Stranger(int a) {}

    assertThatThrownBy(() -> serializer.toBinary(new Stranger(1)))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("Stranger");
    assertThatThrownBy(() -> serializer.toBinary(Result.ok(new Stranger(1))))
        .isInstanceOf(SerializationException.class)
        .hasStackTraceContaining("Stranger");
  }

  @Test
  void refusesDamagedBytesWithoutHarm() {
    byte[] good =
        serializer.toBinary(
            new VolumeCommand.SetAttributes(
                5, AttributeChange.NONE.withMtime(new FileTime(1, 2)), anActor()));
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = Arrays.copyOf(good, 1 + random.nextInt(good.length));
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        serializer.fromBinary(bad);
      } catch (SerializationException expected) {
        assertThat(expected).hasMessageMatching(".+");
      }
    }
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    assertThatThrownBy(() -> serializer.fromBinary(longer)).hasMessageContaining("left behind");
    byte[] newer = good.clone();
    newer[0] = 9;
    assertThatThrownBy(() -> serializer.fromBinary(newer)).hasMessageContaining("version 9");
  }

  @Test
  void namesKeepTheirBytes() {
    Name odd = Name.of(new byte[] {(byte) 0xff, 1, 2});

    assertThat(serializer.fromBinary(serializer.toBinary(odd))).isEqualTo(odd);
  }

  private static <T> ActorRef<T> anActor() {
    return Adapter.toTyped(system.deadLetters());
  }
}
