/**
 * Messages, events and states as bytes: Kryo behind a Pekko serializer, every class registered by
 * hand with a number that never changes. Start with {@link
 * io.troupe.actors.serialization.KryoSerializer}.
 */
@NullMarked
package io.troupe.actors.serialization;

import org.jspecify.annotations.NullMarked;
