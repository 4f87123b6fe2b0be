package io.troupe.actors.stream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Threads of this process by what they listen to, so that a sender of the same process can wake one
 * instead of letting it find the message after its park. Only a short cut: nothing depends on it.
 */
final class Wakeups {
  /** The receiving end of a stream, or a driver. */
  record Key(String driverDirectory, int stream) {
    private static final int DRIVER = 0;

    static Key ofDriver(String driverDirectory) {
      return new Key(driverDirectory, DRIVER);
    }
  }

  private static final Map<Key, Runnable> LISTENERS = new ConcurrentHashMap<>();

  private Wakeups() {}

  static void listen(Key key, Runnable wake) {
    LISTENERS.put(key, wake);
  }

  static void forget(Key key) {
    LISTENERS.remove(key);
  }

  /** Whether this process listens there. */
  static boolean isHere(Key key) {
    return LISTENERS.containsKey(key);
  }

  static void wake(Key key) {
    Runnable listener = LISTENERS.get(key);
    if (listener != null) {
      listener.run();
    }
  }
}
