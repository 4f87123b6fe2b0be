package io.troupe.lsm.pekko.follow;

/** Reads what is behind a position. May block; used by one thread at a time. */
public interface Pages<T> {
  /** A bounded number of elements, in order. */
  Page<T> read(long position);
}
