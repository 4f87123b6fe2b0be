package io.troupe.node.cli;

import picocli.CommandLine.Option;

/** Where the cluster is, for verbs that ask it something from outside. */
final class ClusterOptions {
  @Option(
      names = "--node",
      paramLabel = "HOST:PORT",
      description = "a node of the cluster with role gateway (default: ${DEFAULT-VALUE})")
  String node = "127.0.0.1:2551";
}
