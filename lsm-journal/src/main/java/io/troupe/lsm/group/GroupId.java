package io.troupe.lsm.group;

/**
 * Names a group among those of a store.
 *
 * @param value from 0 on
 */
public record GroupId(long value) {

  public GroupId {
    if (value < 0) {
      throw new IllegalArgumentException("group " + value + ", must not be negative");
    }
  }

  @Override
  public String toString() {
    return "group " + value;
  }
}
