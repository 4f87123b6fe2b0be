package io.troupe.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Puts the configuration of a process together. Later ones win: the defaults ({@code
 * application.conf} in the jar), a file, single keys from the command line, what the program itself
 * has decided (roles, data directory). Everything under {@code troupe} that overrides is checked by
 * {@link Schema}.
 */
public final class Configuration {
  private Configuration() {}

  /**
   * Loads it.
   *
   * @param file from {@code --config}
   * @param keys from {@code -Dkey=value}
   * @param decided by the program; not checked
   * @throws ConfigurationException if the file cannot be read, does not parse, or a key is unknown
   *     or of another type than its default
   */
  public static Config load(Optional<Path> file, Map<String, String> keys, Config decided) {
    Config defaults =
        ConfigFactory.parseResourcesAnySyntax(
            Configuration.class.getClassLoader(),
            "application",
            ConfigParseOptions.defaults().setAllowMissing(false));
    Config fromFile = file.map(Configuration::parseFile).orElse(ConfigFactory.empty());
    Config fromKeys = ConfigFactory.empty();
    for (Map.Entry<String, String> e : keys.entrySet()) {
      fromKeys = parseKey(e.getKey(), e.getValue()).withFallback(fromKeys);
    }
    Schema schema = new Schema(defaults);
    file.ifPresent(f -> schema.check(fromFile, f.toString()));
    schema.check(fromKeys, "the command line (-D)");
    return decided
        .withFallback(fromKeys)
        .withFallback(fromFile)
        .withFallback(defaults)
        .withFallback(ConfigFactory.defaultReference())
        .resolve();
  }

  private static Config parseFile(Path file) {
    if (!Files.isReadable(file)) {
      throw new ConfigurationException("cannot read the configuration file " + file);
    }
    try {
      return ConfigFactory.parseFile(file.toFile());
    } catch (ConfigException e) {
      throw new ConfigurationException("cannot parse " + e.getMessage(), e);
    }
  }

  private static Config parseKey(String key, String value) {
    try {
      return ConfigFactory.parseString(key + " = " + value);
    } catch (ConfigException e) {
      // A value that is no HOCON by itself, such as a path with a colon, is meant as text.
      try {
        return ConfigFactory.parseMap(Map.of(key, value), "-D");
      } catch (ConfigException e2) {
        throw new ConfigurationException("not a configuration key: " + key, e2);
      }
    }
  }
}
