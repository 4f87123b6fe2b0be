package io.troupe.lsm.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class HugePagesTest {

  @Test
  void memoryIsZeroedAndAllThere() {
    for (long bytes : new long[] {512, (2 << 20) - 512, 2 << 20, (4 << 20) + 512}) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment memory = HugePages.allocate(bytes, arena);
        MemorySegment other = HugePages.allocate(bytes, arena);

        assertThat(memory.byteSize()).isEqualTo(bytes);
        assertThat(memory.address() % 64).isZero();
        assertThat(memory.mismatch(MemorySegment.ofArray(new byte[(int) bytes]))).isEqualTo(-1);
        memory.fill((byte) 1);
        other.fill((byte) 2);
        assertThat(memory.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 1);
        assertThat(memory.get(ValueLayout.JAVA_BYTE, bytes - 1)).isEqualTo((byte) 1);
      }
    }
  }
}
