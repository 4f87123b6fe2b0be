package io.troupe.actors.stream;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReplyChannelTest {
  @ParameterizedTest
  @CsvSource({
    "aeron:ipc, aeron:ipc",
    "aeron:udp?endpoint=10.0.0.7:40001, 10.0.0.7:51234",
    "aeron:udp?endpoint=[fe80::1]:40001, [fe80::1]:51234"
  })
  void acceptsTheWayBack(String channel, String source) {
    ReplyChannel.check(channel, source);
  }

  @ParameterizedTest
  @CsvSource({
    // not the way on which it came
    "aeron:ipc, 10.0.0.7:51234",
    "aeron:udp?endpoint=10.0.0.7:40001, aeron:ipc",
    // somebody else
    "aeron:udp?endpoint=10.0.0.8:40001, 10.0.0.7:51234",
    "aeron:udp?endpoint=224.0.1.1:40001, 10.0.0.7:51234",
    // anything but an address and a port
    "aeron:udp?endpoint=10.0.0.7:40001|interface=10.0.0.7, 10.0.0.7:51234",
    "aeron:udp?endpoint=10.0.0.7:40001|term-length=1g, 10.0.0.7:51234",
    "aeron:udp?control=10.0.0.7:40001, 10.0.0.7:51234",
    "aeron:udp?endpoint=somewhere:40001, 10.0.0.7:51234",
    "aeron:udp?endpoint=10.0.0.7, 10.0.0.7:51234",
    "aeron:udp?endpoint=10.0.0.7:0, 10.0.0.7:51234",
    "aeron:udp?endpoint=10.0.0.7:65536, 10.0.0.7:51234",
    "aeron:udp?endpoint=10.0.0.256:4001, 10.0.0.256:51234",
    "aeron-spy:aeron:ipc, 10.0.0.7:51234",
    "aeron:ipc?term-length=1g, aeron:ipc",
    "'', 10.0.0.7:51234"
  })
  void refusesAllElse(String channel, String source) {
    assertThatIllegalArgumentException().isThrownBy(() -> ReplyChannel.check(channel, source));
  }
}
