package io.troupe.actors.stream;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a client wants its replies. Of the channels that Aeron knows only two forms are accepted:
 * shared memory for a client that came through shared memory, and for others the address from which
 * they came, so that nobody can point an OSD at a third party.
 */
final class ReplyChannel {
  static final String IPC = "aeron:ipc";
  private static final String UDP = "aeron:udp?endpoint=";
  private static final Pattern ADDRESS =
      Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]{2,45}])(?::(\\d{1,5}))");
  private static final int MAX_PORT = 65_535;

  private ReplyChannel() {}

  static String udp(String address) {
    return UDP + address;
  }

  /**
   * Throws {@link IllegalArgumentException} naming the flaw.
   *
   * @param source from where the hello came: {@code address:port}, or {@code aeron:ipc}
   */
  static void check(String channel, String source) {
    if (source.equals(IPC) || channel.equals(IPC)) {
      if (!channel.equals(source)) {
        throw new IllegalArgumentException("channel " + channel + " of a client at " + source);
      }
      return;
    }
    if (!channel.startsWith(UDP)) {
      throw new IllegalArgumentException("channel " + channel);
    }
    if (!host(channel.substring(UDP.length())).equals(host(source))) {
      throw new IllegalArgumentException("channel " + channel + " of a client at " + source);
    }
  }

  private static String host(String address) {
    Matcher m = ADDRESS.matcher(address);
    if (!m.matches()) {
      throw new IllegalArgumentException("address " + address);
    }
    int port = Integer.parseInt(m.group(2));
    if (port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException("port " + port);
    }
    String host = m.group(1);
    if (host.charAt(0) != '[') {
      for (String part : host.split("\\.", -1)) {
        if (Integer.parseInt(part) > 255) {
          throw new IllegalArgumentException("address " + address);
        }
      }
    }
    return host;
  }
}
