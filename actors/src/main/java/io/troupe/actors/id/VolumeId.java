package io.troupe.actors.id;

import java.util.UUID;

/** The uuid of a volume; its name may change, this does not. */
public record VolumeId(UUID uuid) {
  public static VolumeId of(String text) {
    return new VolumeId(UUID.fromString(text));
  }

  @Override
  public String toString() {
    return uuid.toString();
  }
}
