package io.troupe.actors.volume;

/**
 * A file that is there now.
 *
 * @param created false where the file was there already and {@code exclusive} was not asked for
 */
public record CreatedFile(FileDescription file, boolean created) {}
