package io.troupe.actors.fs;

/**
 * One entry of a listing.
 *
 * @param cookie resumes the listing behind this entry; positive, at least 16; stable as long as the
 *     entry exists
 */
public record DirectoryEntry(Name name, long cookie, Attributes attributes) {}
