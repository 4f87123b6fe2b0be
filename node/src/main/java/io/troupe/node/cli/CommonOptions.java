package io.troupe.node.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.typesafe.config.Config;
import io.troupe.node.config.Configuration;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** What every verb understands; may stand before or after the verb. */
final class CommonOptions {
  // Picocli copies options of scope INHERIT into the subcommands but sets them here.

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "configuration (HOCON) whose keys win over the defaults of application.conf")
  @Nullable Path file;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      mapFallbackValue = "true",
      scope = ScopeType.INHERIT,
      description = "sets one key of the configuration, for example -Dtroupe.node.port=2600")
  Map<String, String> keys = new LinkedHashMap<>();

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "log what happens inside, on standard error")
  boolean verbose;

  Config load(Config decided) {
    if (verbose) {
      level("io.troupe", Level.DEBUG);
      level(org.slf4j.Logger.ROOT_LOGGER_NAME, Level.INFO);
    }
    return Configuration.load(Optional.ofNullable(file), keys, decided);
  }

  private static void level(String logger, Level level) {
    if (LoggerFactory.getLogger(logger) instanceof Logger l) {
      l.setLevel(level);
    }
  }
}
