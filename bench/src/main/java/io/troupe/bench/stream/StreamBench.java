package io.troupe.bench.stream;

import io.troupe.bench.report.Contest;
import io.troupe.bench.report.RunOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench stream}: what it costs to bring content to an OSD and back. */
@Command(
    name = "stream",
    description =
        "Object frames over Aeron, IPC and UDP on the loopback device, beside a TCP socket there.",
    mixinStandardHelpOptions = true)
public final class StreamBench implements Callable<Integer> {
  private static final int SMALL = 4 << 10;
  private static final int LARGE = 1 << 20;

  @Mixin private RunOptions options = new RunOptions();

  @Option(
      names = "--shm",
      paramLabel = "DIR",
      description = "a tmpfs for Aeron (default: ${DEFAULT-VALUE})")
  private Path shared = Path.of("/dev/shm");

  @Override
  public Integer call() throws Exception {
    Duration limit = options.limit(0.8);
    try (TcpPair tcp = TcpPair.open();
        ObjectServer server = ObjectServer.start(shared);
        ObjectPair ipc = ObjectPair.overIpc(server);
        ObjectPair udp = ObjectPair.overUdp(server)) {
      Contest contest = new Contest("stream", "TCP", "IPC", "UDP");
      for (Exchange.Kind kind : Exchange.Kind.values()) {
        String verb = kind.name().toLowerCase(java.util.Locale.ROOT);
        contest.add(
            verb + " 4 KiB",
            () -> Exchange.latency(tcp, kind, SMALL, limit),
            () -> Exchange.latency(ipc, kind, SMALL, limit),
            () -> Exchange.latency(udp, kind, SMALL, limit));
        contest.add(
            verb + " 1 MiB",
            () -> Exchange.throughput(tcp, kind, LARGE, limit),
            () -> Exchange.throughput(ipc, kind, LARGE, limit),
            () -> Exchange.throughput(udp, kind, LARGE, limit));
      }
      options.run(contest, true);
    }
    return 0;
  }
}
