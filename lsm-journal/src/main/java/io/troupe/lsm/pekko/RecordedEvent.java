package io.troupe.lsm.pekko;

import java.util.List;

/**
 * An event or durable state that changes records of the store. The changes are committed in the
 * same atomic batch as the event itself: after a crash there are both or neither.
 */
public interface RecordedEvent {
  List<RecordChange> changes();
}
