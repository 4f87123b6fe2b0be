package io.troupe.fuse;

import io.troupe.gateway.fs.InodeFileSystem;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Stands before a file system, counts calls by name, and lets a test answer some of them itself.
 */
public final class Intercepted {
  /** Answers a call of a method of {@link InodeFileSystem}, or leaves it to the file system. */
  @FunctionalInterface
  public interface Interception {
    Optional<Object> answer(String method, Object[] arguments);
  }

  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private final InodeFileSystem fs;

  public Intercepted(InodeFileSystem real, Interception interception) {
    fs =
        (InodeFileSystem)
            Proxy.newProxyInstance(
                Intercepted.class.getClassLoader(),
                new Class<?>[] {InodeFileSystem.class},
                (proxy, method, arguments) -> {
                  counts.computeIfAbsent(method.getName(), n -> new LongAdder()).increment();
                  Object[] all = arguments == null ? new Object[0] : arguments;
                  Optional<Object> answer = interception.answer(method.getName(), all);
                  if (answer.isPresent()) {
                    return answer.get();
                  }
                  try {
                    return method.invoke(real, all);
                  } catch (InvocationTargetException e) {
                    throw e.getTargetException();
                  }
                });
  }

  public InodeFileSystem fs() {
    return fs;
  }

  public long calls(String method) {
    LongAdder count = counts.get(method);
    return count == null ? 0 : count.sum();
  }
}
