package io.troupe.actors.stream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Pollers of this process by what they listen to, so that a sender of the same process can wake one
 * instead of letting it find the message after its park. Only a short cut: nothing depends on it.
 */
final class Wakeups {
  private static final Map<String, Thread> POLLERS = new ConcurrentHashMap<>();

  private Wakeups() {}

  static String key(String driverDirectory, int stream) {
    return driverDirectory + "#" + stream;
  }

  static void listen(String key, Thread poller) {
    POLLERS.put(key, poller);
  }

  static void forget(String key) {
    POLLERS.remove(key);
  }

  static void wake(String key) {
    Thread poller = POLLERS.get(key);
    if (poller != null) {
      LockSupport.unpark(poller);
    }
  }
}
