/** The OSD's object store beside a plain file of the same directory. */
@NullMarked
package io.troupe.bench.objects;

import org.jspecify.annotations.NullMarked;
