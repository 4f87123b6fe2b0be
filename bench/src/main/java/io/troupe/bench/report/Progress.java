package io.troupe.bench.report;

import java.io.Console;

/** One line on a terminal that tells where a benchmark is; nothing elsewhere. */
final class Progress {
  private static final boolean SHOWN = onTerminal();

  private Progress() {}

  // It is null again without a terminal since JDK 25.
  @SuppressWarnings("SystemConsoleNull")
  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  static void show(String title, int round, int rounds, String work) {
    String which = round < 0 ? "warming up" : "round " + (round + 1) + " of " + rounds;
    show(title + ": " + which + ", " + work);
  }

  static void show(String what) {
    if (SHOWN) {
      System.err.print("\r\033[K" + what);
    }
  }

  static void clear() {
    if (SHOWN) {
      System.err.print("\r\033[K");
    }
  }
}
