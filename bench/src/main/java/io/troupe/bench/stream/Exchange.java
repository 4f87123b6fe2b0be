package io.troupe.bench.stream;

import io.troupe.bench.report.Figure;
import io.troupe.bench.report.Stopwatch;
import io.troupe.bench.report.Unit;
import java.time.Duration;
import java.util.List;

/** A client of a server that takes payloads in and gives them out. */
interface Exchange {
  /** Which way the payload goes; the other way goes a short answer or request. */
  enum Kind {
    WRITE,
    READ
  }

  /** So many requests of 1 MiB are under way at once: what the window of a stream holds. */
  int WINDOW = 6;

  int MAX_REQUESTS = 200_000;

  /** Begins a request; its payload carries the number, which whoever receives it checks. */
  void send(Kind kind, int bytes, long number) throws Exception;

  /** Waits until the oldest request is answered. */
  void receive() throws Exception;

  static List<Figure> latency(Exchange with, Kind kind, int bytes, Duration limit)
      throws Exception {
    Stopwatch watch = new Stopwatch(MAX_REQUESTS, limit);
    while (watch.goesOn()) {
      watch.start();
      with.send(kind, bytes, watch.count());
      with.receive();
      watch.stop();
    }
    return List.of(
        new Figure("p50", Unit.MICROSECONDS, watch.microsAt(0.5)),
        new Figure("p99", Unit.MICROSECONDS, watch.microsAt(0.99)));
  }

  static List<Figure> throughput(Exchange with, Kind kind, int bytes, Duration limit)
      throws Exception {
    long begun = System.nanoTime();
    long end = begun + limit.toNanos();
    int sent = 0;
    int received = 0;
    while (sent == 0 || (sent < MAX_REQUESTS && System.nanoTime() < end)) {
      if (sent - received == WINDOW) {
        with.receive();
        received++;
      }
      with.send(kind, bytes, sent++);
    }
    for (; received < sent; received++) {
      with.receive();
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    return List.of(new Figure("", Unit.MEBIBYTES, (double) sent * bytes / (1 << 20) / seconds));
  }
}
