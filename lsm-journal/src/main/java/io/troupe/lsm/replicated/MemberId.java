package io.troupe.lsm.replicated;

/** A member of a group; never used again for another one. */
public record MemberId(String value) implements Comparable<MemberId> {

  public MemberId {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("a member needs a name");
    }
  }

  @Override
  public int compareTo(MemberId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
