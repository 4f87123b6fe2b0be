package io.troupe.lsm.pekko;

/** Something read, and how many bytes it has in the store. */
record Sized<T>(T element, int bytes) {}
