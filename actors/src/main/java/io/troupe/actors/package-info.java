/** The vocabulary of the system. */
@org.jspecify.annotations.NullMarked
package io.troupe.actors;
