/** The File entity: the live side of one file. Start with {@link io.troupe.mrc.file.FileEntity}. */
@NullMarked
package io.troupe.mrc.file;

import org.jspecify.annotations.NullMarked;
