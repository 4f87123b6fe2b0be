package io.troupe.node;

import io.troupe.node.cli.TroupeCommand;
import org.slf4j.LoggerFactory;

/** The entry point of the one binary. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    // One thread sets logging up, before many begin to log.
    LoggerFactory.getLogger(Main.class);
    System.exit(TroupeCommand.run(args));
  }
}
