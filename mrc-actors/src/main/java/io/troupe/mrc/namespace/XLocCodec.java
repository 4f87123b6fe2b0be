package io.troupe.mrc.namespace;

import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.OsdId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * An xloc set, and the value of {@link Table#GARBAGE}.
 *
 * <pre>
 *   | format (u8) | version (i32) | replicas (u8) | each: object size (i32) | width (u16) | OSD uuids (16 each) |
 * </pre>
 */
public final class XLocCodec {
  private static final byte FORMAT = 1;

  private XLocCodec() {}

  static byte[] encode(XLocSet x) {
    int size = 6;
    for (ReplicaLocation r : x.replicas()) {
      size += 6 + 16 * r.osds().size();
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.put(FORMAT).putInt(x.version()).put((byte) x.replicas().size());
    for (ReplicaLocation r : x.replicas()) {
      out.putInt(r.striping().objectSizeBytes()).putShort((short) r.striping().width());
      for (OsdId osd : r.osds()) {
        out.putLong(osd.uuid().getMostSignificantBits());
        out.putLong(osd.uuid().getLeastSignificantBits());
      }
    }
    return out.array();
  }

  /** Reads one, and leaves the buffer behind it. */
  public static XLocSet decode(ByteBuffer in) {
    byte format = in.get();
    if (format != FORMAT) {
      throw new IllegalStateException("xloc set has format " + format);
    }
    int version = in.getInt();
    int count = Byte.toUnsignedInt(in.get());
    List<ReplicaLocation> replicas = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int objectSize = in.getInt();
      int width = Short.toUnsignedInt(in.getShort());
      List<OsdId> osds = new ArrayList<>(width);
      for (int k = 0; k < width; k++) {
        osds.add(new OsdId(new UUID(in.getLong(), in.getLong())));
      }
      replicas.add(new ReplicaLocation(new StripingPolicy(objectSize, width), osds));
    }
    return new XLocSet(version, replicas);
  }
}
