/** The OSD: object store, Replica entities, and the server side of the object stream. */
@NullMarked
package io.troupe.osd;

import org.jspecify.annotations.NullMarked;
