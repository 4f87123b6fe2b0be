package io.troupe.bench.engines;

/** One thing that engines are measured at, in a process of its own. */
interface Work {
  void run(Setup setup, Figures figures) throws Exception;
}
