package io.troupe.lsm.group;

import io.troupe.lsm.replicated.MemberId;
import io.troupe.lsm.replicated.Membership;
import io.troupe.lsm.replicated.Position;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is kept of a group besides its entries.
 *
 * <pre>
 * promise:    | version u8 | epoch u64 |
 * place:      | version u8 | epoch u64 | index u64 | membership |
 * membership: | voters u16 | (length u16, name in UTF-8)… |
 * </pre>
 */
final class StateFormat {

  private static final int VERSION = 1;
  private static final int MAX_VOTERS = 1000; // no group has as many; what is larger is garbage

  private StateFormat() {}

  static byte[] promise(long epoch) {
    return ByteBuffer.allocate(1 + Long.BYTES).put((byte) VERSION).putLong(epoch).array();
  }

  static long promise(byte[] bytes) {
    Scan scan = versioned("promise", bytes);
    long epoch = scan.number();
    scan.end();
    return epoch;
  }

  static byte[] place(StateAt at) {
    byte[] membership = membership(at.membership());
    return ByteBuffer.allocate(1 + 2 * Long.BYTES + membership.length)
        .put((byte) VERSION)
        .putLong(at.position().epoch())
        .putLong(at.position().index())
        .put(membership)
        .array();
  }

  static StateAt place(byte[] bytes) {
    Scan scan = versioned("place in the log", bytes);
    var position = new Position(scan.number(), scan.number());
    return new StateAt(position, membership(scan));
  }

  static byte[] membership(Membership membership) {
    List<byte[]> names = new ArrayList<>();
    int length = Short.BYTES;
    for (MemberId voter : membership.voters()) {
      byte[] name = voter.value().getBytes(StandardCharsets.UTF_8);
      names.add(name);
      length += Short.BYTES + name.length;
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).putShort((short) names.size());
    names.forEach(name -> bytes.putShort((short) name.length).put(name));
    return bytes.array();
  }

  /** The membership that the rest of some bytes is. */
  static Membership membership(Scan scan) {
    int count = scan.u16();
    if (count < 1 || count > MAX_VOTERS) {
      throw scan.malformed(count + " voters");
    }
    Set<MemberId> voters = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      int length = scan.u16();
      if (length == 0) {
        throw scan.malformed("a voter without a name");
      }
      if (!voters.add(new MemberId(scan.text(length)))) {
        throw scan.malformed("a voter twice");
      }
    }
    scan.end();
    return new Membership(voters);
  }

  private static Scan versioned(String what, byte[] bytes) {
    var scan = new Scan(what, bytes);
    int version = scan.u8();
    if (version != VERSION) {
      throw scan.malformed("version " + version);
    }
    return scan;
  }
}
