package io.troupe.fuse.ops;

import io.troupe.fuse.protocol.Validity;

/**
 * What the kernel may remember, and for how long.
 *
 * @param entries names and where they lead
 * @param attributes of inodes
 * @param absentEntries names that are not there
 * @param keepPages across opens, where the content has not changed
 * @param dropChangedPages of open files too, when attributes show a change
 */
public record Caching(
    Validity entries,
    Validity attributes,
    Validity absentEntries,
    boolean keepPages,
    boolean dropChangedPages) {}
