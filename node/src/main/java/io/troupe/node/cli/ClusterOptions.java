package io.troupe.node.cli;

import picocli.CommandLine.Option;

/** Where the cluster is, for verbs that ask it something from outside. */
final class ClusterOptions {
  @Option(
      names = "--node",
      paramLabel = "HOST:PORT",
      description = "any node of the cluster (default: ${DEFAULT-VALUE})")
  String node = "127.0.0.1:2551";
}
