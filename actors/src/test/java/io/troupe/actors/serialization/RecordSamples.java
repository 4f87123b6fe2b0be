package io.troupe.actors.serialization;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.volume.OperationId;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;

/** Random instances of records, by their component types. */
final class RecordSamples {
  private final Random random;
  private final ActorRef<?> actor;

  RecordSamples(Random random, ActorRef<?> actor) {
    this.random = random;
    this.actor = actor;
  }

  Object of(Type type) {
    if (type instanceof ParameterizedType p) {
      Class<?> raw = (Class<?>) p.getRawType();
      Type argument = p.getActualTypeArguments()[0];
      if (raw == List.class) {
        return Stream.generate(() -> of(argument)).limit(random.nextInt(4)).toList();
      } else if (raw == Optional.class) {
        return random.nextBoolean() ? Optional.of(of(argument)) : Optional.empty();
      } else if (raw == ActorRef.class) {
        return actor;
      } else if (raw == Result.class) {
        return random.nextBoolean() ? Result.ok(of(argument)) : Result.failed(Errno.EIO, "x");
      }
      return of(raw);
    }
    Class<?> c = (Class<?>) type;
    if (c == long.class || c == Long.class) {
      return random.nextLong();
    } else if (c == int.class || c == Integer.class) {
      return random.nextInt();
    } else if (c == boolean.class) {
      return random.nextBoolean();
    } else if (c == String.class) {
      return "text-ä-" + random.nextInt();
    } else if (c == byte[].class) {
      byte[] b = new byte[random.nextInt(300)];
      random.nextBytes(b);
      return b;
    } else if (c == OptionalInt.class) {
      return random.nextBoolean() ? OptionalInt.of(random.nextInt()) : OptionalInt.empty();
    } else if (c == UUID.class) {
      return new UUID(random.nextLong(), random.nextLong());
    } else if (c == Duration.class) {
      return Duration.ofMillis(random.nextInt(1 << 30));
    } else if (c == Instant.class) {
      return Instant.ofEpochMilli(random.nextInt());
    } else if (c == Name.class) {
      return Name.of("n" + random.nextInt());
    } else if (c == PartitionId.class) {
      return new PartitionId((VolumeId) of(VolumeId.class), random.nextInt(1 << 16));
    } else if (c == OperationId.class) {
      return new OperationId(
          (UUID) of(UUID.class), random.nextInt(OperationId.PLACES), 1 + random.nextInt(1 << 30));
    } else if (c == StripingPolicy.class) {
      return new StripingPolicy(1 << (12 + random.nextInt(9)), 1 + random.nextInt(4));
    } else if (c == ReplicaLocation.class) {
      StripingPolicy s = (StripingPolicy) of(StripingPolicy.class);
      return new ReplicaLocation(
          s, Stream.generate(() -> (OsdId) of(OsdId.class)).limit(s.width()).toList());
    } else if (c == io.troupe.actors.fs.XLocSet.class) {
      return new io.troupe.actors.fs.XLocSet(
          random.nextInt(), List.of((ReplicaLocation) of(ReplicaLocation.class)));
    } else if (c.isEnum()) {
      Object[] constants = c.getEnumConstants();
      return constants[random.nextInt(constants.length)];
    } else if (c.isSealed()) {
      Class<?>[] kinds = c.getPermittedSubclasses();
      return of(kinds[random.nextInt(kinds.length)]);
    }
    return record(c);
  }

  private Object record(Class<?> c) {
    List<Object> args = new ArrayList<>();
    for (RecordComponent component : c.getRecordComponents()) {
      args.add(of(component.getGenericType()));
    }
    try {
      Class<?>[] types =
          Arrays.stream(c.getRecordComponents())
              .map(RecordComponent::getType)
              .toArray(Class<?>[]::new);
      return c.getDeclaredConstructor(types).newInstance(args.toArray());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no sample of " + c.getName(), e);
    }
  }

  /** Equal, with arrays by content. */
  static boolean same(Object a, Object b) {
    if (a instanceof byte[] x && b instanceof byte[] y) {
      return Arrays.equals(x, y);
    }
    if (a instanceof Record && a.getClass() == b.getClass()) {
      for (RecordComponent c : a.getClass().getRecordComponents()) {
        try {
          if (!same(
              Objects.requireNonNull(c.getAccessor().invoke(a)),
              Objects.requireNonNull(c.getAccessor().invoke(b)))) {
            return false;
          }
        } catch (ReflectiveOperationException e) {
          throw new LinkageError("no access", e);
        }
      }
      return true;
    }
    return a.equals(b);
  }
}
