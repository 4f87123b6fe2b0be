package io.troupe.mrc.namespace;

import java.util.Optional;

/** Records by key, in unsigned byte order. */
public interface Records {
  Optional<byte[]> get(Table table, byte[] key);

  /** Visits records from one key (included) to another (excluded) until the visitor has enough. */
  void scan(Table table, byte[] from, byte[] to, Visitor visitor);

  /** Sees one record; arrays are not to be changed. */
  interface Visitor {
    /** Returns whether to go on. */
    boolean visit(byte[] key, byte[] value);
  }
}
