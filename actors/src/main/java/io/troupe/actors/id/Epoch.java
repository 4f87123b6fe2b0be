package io.troupe.actors.id;

/**
 * Master epoch: raised at every change of primary; what an older primary still sends is refused by
 * it.
 *
 * @param number 0 before there was any primary
 */
public record Epoch(long number) implements Comparable<Epoch> {
  public static final Epoch NONE = new Epoch(0);

  public Epoch next() {
    return new Epoch(number + 1);
  }

  @Override
  public int compareTo(Epoch o) {
    return Long.compare(number, o.number);
  }
}
