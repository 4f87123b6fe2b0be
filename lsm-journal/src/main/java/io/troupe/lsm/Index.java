package io.troupe.lsm;

/**
 * One ordered key space of a store. Obtained from {@link Store#index}, valid for that store as long
 * as it is open.
 *
 * @param name how callers know it, 1 to 255 bytes in UTF-8
 * @param id how files know it; means something within one store only
 */
public record Index(String name, int id) {}
