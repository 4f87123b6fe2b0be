/**
 * The namespace of a volume as records, and the operations on it: no Pekko, no clock, no I/O. Start
 * with {@link io.troupe.mrc.namespace.Namespace}; formats stand in the {@code *Codec} classes.
 */
@NullMarked
package io.troupe.mrc.namespace;

import org.jspecify.annotations.NullMarked;
