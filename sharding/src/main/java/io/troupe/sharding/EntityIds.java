package io.troupe.sharding;

import io.troupe.actors.id.CellId;
import io.troupe.actors.id.FileId;
import io.troupe.actors.id.NodeId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;

/**
 * Entity ids as text: what is before the first bar names the shard, so that what belongs together
 * lies together.
 *
 * <pre>
 *   Volume     partition @ node        File    partition @ node | file
 *   Replica    osd | file              Lease   node | cell         Directory  dir @ node
 * </pre>
 *
 * Each node that keeps a partition's metadata has a Volume of it, of which the master's serves; and
 * so has each with role dir a Directory.
 */
public final class EntityIds {
  private static final String DIRECTORY = "dir";
  private static final char BAR = '|';
  private static final char AT = '@';

  private EntityIds() {}

  /** One file's replica on one OSD. */
  public record ReplicaId(OsdId osd, FileId file) {}

  /** One node's participant in one cell. */
  public record LeaseId(NodeId node, CellId cell) {}

  /** One node's Directory. */
  static String directory(NodeId node) {
    return DIRECTORY + AT + node;
  }

  /** One node's Volume of a partition. */
  public static String volume(PartitionId partition, NodeId node) {
    return partition + "@" + node;
  }

  public static PartitionId volume(String entityId) {
    return PartitionId.of(entityId.substring(0, at(entityId)));
  }

  public static String file(FileId file, NodeId node) {
    return volume(file.partition(), node) + "|" + file;
  }

  public static FileId file(String entityId) {
    return FileId.of(rest(entityId));
  }

  /** The node that a shard of Volumes, Files or Directories belongs to. */
  static NodeId nodeOf(String shard) {
    return NodeId.of(shard.substring(at(shard) + 1));
  }

  private static int at(String shard) {
    int at = shard.indexOf(AT);
    if (at < 0) {
      throw new IllegalArgumentException("no node in " + shard);
    }
    return at;
  }

  public static String replica(OsdId osd, FileId file) {
    return osd + "|" + file;
  }

  public static ReplicaId replica(String entityId) {
    return new ReplicaId(OsdId.of(shard(entityId)), FileId.of(rest(entityId)));
  }

  public static String lease(NodeId node, CellId cell) {
    return node + "|" + cell;
  }

  public static LeaseId lease(String entityId) {
    return new LeaseId(NodeId.of(shard(entityId)), new CellId(rest(entityId)));
  }

  static String shard(String entityId) {
    int bar = entityId.indexOf(BAR);
    return bar < 0 ? entityId : entityId.substring(0, bar);
  }

  private static String rest(String entityId) {
    int bar = entityId.indexOf(BAR);
    if (bar < 0) {
      throw new IllegalArgumentException("not an entity id of two parts: " + entityId);
    }
    return entityId.substring(bar + 1);
  }
}
