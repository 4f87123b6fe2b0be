package io.troupe.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Map;

/**
 * The keys that exist and their types, read off the documented defaults: a default of {@code 5s}
 * makes a duration, of {@code 64MiB} a size, of {@code 8} a number. So a new key needs no second
 * place to be declared in.
 */
final class Schema {
  private static final String ROOT = "troupe";

  /** Below it Pekko's own keys are passed through. */
  private static final String FREE = ROOT + ".dispatchers";

  private final Config defaults;

  Schema(Config defaults) {
    this.defaults = defaults;
  }

  /**
   * Throws {@link ConfigurationException} for the first key under {@code troupe} that does not fit.
   */
  void check(Config overrides, String source) {
    if (!overrides.hasPath(ROOT)) {
      return;
    }
    if (overrides.getValue(ROOT).valueType() != ConfigValueType.OBJECT) {
      throw new ConfigurationException(ROOT + " in " + source + " must be an object");
    }
    for (Map.Entry<String, ConfigValue> e : overrides.getConfig(ROOT).entrySet()) {
      String key = ROOT + "." + e.getKey();
      if (key.startsWith(FREE + ".")) {
        continue;
      }
      checkKey(key, e.getValue(), source);
    }
  }

  private void checkKey(String key, ConfigValue value, String source) {
    if (!defaults.hasPathOrNull(key)) {
      throw new ConfigurationException(
          "unknown key " + key + where(value, source) + suggestion(key));
    }
    ConfigValue expected = defaults.getValue(key);
    Kind kind = Kind.of(expected);
    if (!kind.accepts(value)) {
      throw new ConfigurationException(
          key
              + where(value, source)
              + " must be "
              + kind.description
              + ", not "
              + value.render()
              + " (default: "
              + expected.unwrapped()
              + ")");
    }
  }

  private static String where(ConfigValue value, String source) {
    int line = value.origin().lineNumber();
    return " in " + source + (line > 0 ? " line " + line : "");
  }

  /** Names the keys of the deepest section that exists, since a typing error is the usual cause. */
  private String suggestion(String key) {
    List<String> parts = ConfigUtil.splitPath(key);
    for (int n = parts.size() - 1; n > 0; n--) {
      String section = ConfigUtil.joinPath(parts.subList(0, n));
      if (defaults.hasPath(section)
          && defaults.getValue(section).valueType() == ConfigValueType.OBJECT) {
        return "; "
            + section
            + " has: "
            + String.join(", ", defaults.getObject(section).keySet().stream().sorted().toList());
      }
    }
    return "";
  }

  private enum Kind {
    DURATION("a time such as 500ms or 5s"),
    SIZE("a size such as 64KiB or 1GiB"),
    NUMBER("a number"),
    BOOLEAN("true or false"),
    TEXT("text"),
    LIST("a list"),
    OBJECT("an object");

    private static final String PROBE = "v";
    private final String description;

    Kind(String description) {
      this.description = description;
    }

    static Kind of(ConfigValue v) {
      return switch (v.valueType()) {
        case NUMBER -> NUMBER;
        case BOOLEAN -> BOOLEAN;
        case LIST -> LIST;
        case OBJECT -> OBJECT;
        case NULL -> TEXT;
        case STRING -> {
          String text = String.valueOf(v.unwrapped());
          boolean unit = !text.isEmpty() && Character.isDigit(text.charAt(0));
          yield unit && DURATION.accepts(v) ? DURATION : unit && SIZE.accepts(v) ? SIZE : TEXT;
        }
      };
    }

    boolean accepts(ConfigValue v) {
      Config c = v.atKey(PROBE);
      try {
        switch (this) {
          case DURATION -> {
            return v.valueType() == ConfigValueType.STRING && !c.getDuration(PROBE).isNegative();
          }
          case SIZE -> {
            return c.getBytes(PROBE) >= 0;
          }
          case NUMBER -> c.getNumber(PROBE);
          case BOOLEAN -> c.getBoolean(PROBE);
          case TEXT -> c.getString(PROBE);
          case LIST -> c.getList(PROBE);
          case OBJECT -> c.getObject(PROBE);
        }
        return true;
      } catch (ConfigException e) {
        return false;
      }
    }
  }
}
