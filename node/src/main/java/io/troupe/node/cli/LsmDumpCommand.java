package io.troupe.node.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.troupe.lsm.tool.Dump;
import io.troupe.lsm.tool.Entry;
import java.io.IOException;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code troupe lsm dump DIR}. */
@Command(
    name = "dump",
    description = "Show the entries of a store: all versions, deletes included.",
    mixinStandardHelpOptions = true)
final class LsmDumpCommand implements Callable<Integer> {
  @Mixin private LsmCommand.Directory directory = new LsmCommand.Directory();

  @Option(names = "--index", paramLabel = "NAME", description = "only this index")
  private String index = "";

  @Option(
      names = "--prefix",
      paramLabel = "KEY",
      description = "only keys that start so; 0x… is hexadecimal")
  private String prefix = "";

  @Option(names = "--log", description = "what is in the log; without --tables, only that")
  private boolean log;

  @Option(names = "--tables", description = "what is in tables; without --log, only that")
  private boolean tables;

  @Option(names = "--limit", paramLabel = "N", description = "so many entries at most")
  private long limit = Long.MAX_VALUE;

  private boolean whole = true;

  @Override
  public Integer call() throws IOException {
    var choice = new Dump.Choice(index, bytes(prefix), tables || !log, log || !tables, limit);
    Dump.run(
        directory.path,
        choice,
        LsmDumpCommand::show,
        skipped -> {
          whole = false;
          System.err.println("troupe: left out: " + skipped);
        });
    return whole ? 0 : 1;
  }

  private static void show(Entry e) {
    System.out.println(
        e.file()
            + "  "
            + e.index()
            + "  "
            + text(e.key())
            + "  "
            + e.sequence()
            + "  "
            + e.kind()
            + (e.value().length == 0 ? "" : "  " + text(e.value())));
  }

  private static byte[] bytes(String text) {
    try {
      return text.startsWith("0x")
          ? HexFormat.of().parseHex(text.substring(2))
          : text.getBytes(UTF_8);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("--prefix " + text + " is not hexadecimal", e);
    }
  }

  /** As text where all of it can be printed and does not look hexadecimal, else in hex. */
  private static String text(byte[] bytes) {
    for (byte b : bytes) {
      if (b <= ' ' || b > '~') {
        return "0x" + HexFormat.of().formatHex(bytes);
      }
    }
    String text = new String(bytes, UTF_8);
    return text.startsWith("0x") ? "0x" + HexFormat.of().formatHex(bytes) : text;
  }
}
