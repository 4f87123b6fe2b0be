/**
 * The protocol of the File entity: the live side of one file. Start with {@link\n *
 * io.troupe.actors.file.FileCommand}.
 */
@NullMarked
package io.troupe.actors.file;

import org.jspecify.annotations.NullMarked;
