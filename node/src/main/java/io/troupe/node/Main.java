package io.troupe.node;

import io.troupe.node.cli.TroupeCommand;

/** The entry point of the one binary. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(TroupeCommand.run(args));
  }
}
