package io.troupe.actors.serialization;

/**
 * What a module wants to be able to serialize; found by {@link java.util.ServiceLoader}. Numbers
 * are part of the wire and disk format: they are never changed nor used again.
 *
 * <p>Ranges: actors 100–299, mrc 300–349, osd 350–399, lease 400–429, sharding 430–479, gateway
 * 480–529.
 */
public interface KryoRegistrations {
  /** Adds the module's records and enums. */
  void register(Registrar registrar);

  /** Takes registrations; a number or class given twice is an {@link IllegalStateException}. */
  interface Registrar {
    void add(int id, Class<?> recordOrEnum);

    /** Consecutive numbers from {@code firstId} on, in this order. */
    default void addAll(int firstId, Class<?>... recordsAndEnums) {
      for (int i = 0; i < recordsAndEnums.length; i++) {
        add(firstId + i, recordsAndEnums[i]);
      }
    }
  }
}
