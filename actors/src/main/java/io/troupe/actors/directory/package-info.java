/** The protocol of the DIR: registry of services and catalog of volumes. */
@NullMarked
package io.troupe.actors.directory;

import org.jspecify.annotations.NullMarked;
