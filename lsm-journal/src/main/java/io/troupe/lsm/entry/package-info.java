/**
 * Entries as memtables and tables yield them: versions of keys, ordered by key ascending and
 * sequence number descending.
 */
@NullMarked
package io.troupe.lsm.entry;

import org.jspecify.annotations.NullMarked;
