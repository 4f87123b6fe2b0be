package io.troupe.fuse.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.carry.CarryingThread;
import io.troupe.fuse.protocol.Opcode;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which requests the reader carries: what their handlers set off stays with its thread. */
@Timeout(30)
class CarriedRequestsTest {
  private final AtomicBoolean carried = new AtomicBoolean();
  private final ScriptedKernel kernel =
      new ScriptedKernel(
          request -> {
            carried.set(CarryingThread.takeLast(() -> {}, () -> {}));
            request.replyDone();
          });

  @AfterEach
  void end() {
    kernel.close();
  }

  private boolean isCarried(int opcode, int bytes) {
    kernel.ask(opcode, 1, new byte[bytes]);
    return carried.get();
  }

  @Test
  void namespaceAndCloseAre() {
    assertThat(isCarried(Opcode.CREATE, 40)).isTrue();
    assertThat(isCarried(Opcode.SETATTR, 88)).isTrue();
    assertThat(isCarried(Opcode.FLUSH, 24)).isTrue();
    assertThat(isCarried(Opcode.RELEASE, 24)).isTrue();
  }

  @Test
  void smallWritesAreAndLargeOnesAreNot() {
    assertThat(isCarried(Opcode.WRITE, 40 + 16_384)).isTrue();
    assertThat(isCarried(Opcode.WRITE, 40 + (1 << 20) - 4096)).isFalse();
  }

  @Test
  void anFsyncIsNot() {
    assertThat(isCarried(Opcode.FSYNC, 24)).isFalse();
  }
}
