package io.troupe.lsm.pekko;

import io.troupe.lsm.Durability;
import java.util.List;

/**
 * An event or durable state that changes records of the store. The changes are committed in the
 * same atomic batch as the event itself: after a crash there are both or neither.
 */
public interface RecordedEvent {
  List<RecordChange> changes();

  /**
   * Whether the event leads to space being freed: it is committed even when the disk is nearly
   * full.
   */
  default boolean reclaims() {
    return false;
  }

  /**
   * What has to be true before the writer is told. Of events that are written together the
   * strictest counts.
   */
  default Durability durability() {
    return Durability.SYNC;
  }
}
