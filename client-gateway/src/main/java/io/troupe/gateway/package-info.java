/** The gateway: striped I/O, the file system of inodes, and the Java client. */
@NullMarked
package io.troupe.gateway;

import org.jspecify.annotations.NullMarked;
