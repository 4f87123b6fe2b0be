package io.troupe.actors.stream;

import io.troupe.actors.id.FileId;

/**
 * A read or write of a range within one object.
 *
 * @param offsetInObject with {@code lengthBytes} within the object's size
 * @param lengthBytes 1..1 MiB
 * @param truncateEpoch of the file as the client knows it; a write of an older one than the
 *     replica's is refused with EAGAIN, for what it meant to extend has been cut
 * @param viewVersion of the xloc set that led the client to this OSD
 */
public record ObjectRequest(
    Kind kind,
    FileId file,
    long object,
    int offsetInObject,
    int lengthBytes,
    int truncateEpoch,
    int viewVersion) {
  /** What is asked for. */
  public enum Kind {
    READ,
    WRITE
  }
}
